import { KafkaCluster, type ClusterOptions } from './cluster.ts';
import { DockerKafka } from './docker.ts';
import { findTools, HOW_TO_GET_A_BROKER } from './tools.ts';

/** A Kafka that runs, whoever runs it. */
export interface RunningKafka {
  readonly addresses: readonly string[];
  /** Where it came from, for people. */
  readonly origin: string;
  stop(): Promise<void>;
}

/** What is there: the cluster of KAFKA_BROKERS, else brokers of our own, else a container. @throws Error that says how to get one */
export async function startKafka(
  options: Pick<ClusterOptions, 'brokers' | 'port'> = {},
): Promise<RunningKafka> {
  const given = process.env['KAFKA_BROKERS'];
  if (given) return { addresses: given.split(','), origin: 'KAFKA_BROKERS', stop: async () => {} };
  const tools = findTools();
  if (tools.java && tools.maven) return named(await KafkaCluster.start(options), 'Java');
  if (tools.docker && (options.brokers ?? 1) === 1)
    return named(await DockerKafka.start(options.port), 'Docker');
  throw new Error(HOW_TO_GET_A_BROKER);
}

/** Whether `startKafka` would find a way. */
export function canStartKafka(): boolean {
  if (process.env['KAFKA_BROKERS']) return true;
  const { java, maven, docker } = findTools();
  return (java && maven) || docker;
}

function named(
  kafka: { readonly addresses: readonly string[]; stop(): Promise<void> },
  origin: string,
): RunningKafka {
  return { addresses: kafka.addresses, origin, stop: () => kafka.stop() };
}
