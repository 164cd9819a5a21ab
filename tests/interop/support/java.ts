import { join } from 'node:path';
import { classPath, kafkaJars, kafkaToolJars } from '../../../scripts/kafka/jars.ts';

const PEERS = join(import.meta.dirname, '..', 'peers');
/** Small and quick to start; quiet but for errors. */
const OPTIONS = [
  '-Xmx256m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
];

/** How to run one of our Java programs, from its source, with Kafka's own client. */
export async function javaPeer(name: string, ...args: readonly string[]): Promise<string[]> {
  return ['java', ...OPTIONS, '-cp', classPath(await kafkaJars()), join(PEERS, `${name}.java`), ...args];
}

/** How to run one of Kafka's command line tools. */
export async function kafkaTool(className: string, ...args: readonly string[]): Promise<string[]> {
  const jars = classPath(await kafkaJars(), await kafkaToolJars());
  return ['java', ...OPTIONS, '-cp', jars, className, ...args];
}

export const CONSOLE_CONSUMER = 'org.apache.kafka.tools.consumer.ConsoleConsumer';
export const CONSOLE_PRODUCER = 'org.apache.kafka.tools.ConsoleProducer';
export const CONSUMER_GROUPS = 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand';
export const CONFIGS = 'kafka.admin.ConfigCommand';
