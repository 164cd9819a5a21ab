import { parseOptions, USAGE, type KafkaCommandOptions } from './options.ts';
import { startKafka } from './start.ts';

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(USAGE);
  else await run(options);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function run(options: KafkaCommandOptions): Promise<void> {
  process.stdout.write('Starting Kafka …\n');
  const kafka = await startKafka(options);
  process.stdout.write(
    `Kafka (${kafka.origin}) is ready: KAFKA_BROKERS=${kafka.addresses.join(',')}\nCtrl-C stops it.\n`,
  );
  const waiting = setInterval(() => {}, 2 ** 30);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      clearInterval(waiting);
      void kafka.stop().then(() => process.exit(0));
    });
  }
}
