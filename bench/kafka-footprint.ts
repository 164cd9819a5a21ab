import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { KafkaTopics } from './work/kafka-topics.ts';
import { SharedBroker } from './run/shared-broker.ts';
import { Workspace } from './run/workspace.ts';
import type { Taken } from './processes/tramline-kafka-groups.ts';

const USAGE = `States what a service takes that has several groups on a Kafka with many topics: the time until it is ready, memory
and connections. Nothing to compare it with: it is not part of \`npm run bench\`.

  node bench/kafka-footprint.ts [--groups <n>] [--topics <n>]

  --groups  groups in the one process (default 10)
  --topics  topics in the cluster besides its own (default 1000)
`;

const { values } = parseArgs({
  options: {
    groups: { type: 'string', default: '10' },
    topics: { type: 'string', default: '1000' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) process.stdout.write(USAGE);
else await state(Number(values.groups), Number(values.topics));

async function state(groups: number, others: number): Promise<void> {
  const workspace = new Workspace(join(import.meta.dirname, '..', '.tramline'));
  const kafka = new SharedBroker();
  try {
    const brokers = await kafka.brokers();
    const take = async (count: number, { namespace }: KafkaTopics): Promise<Taken> => {
      const child = workspace.start('tramline-kafka-groups.ts', { brokers, namespace, groups: count });
      const taken = await child.ask<Taken>('take');
      await child.stop();
      return taken;
    };
    const twice = async (what: string, count: number, topics: KafkaTopics) => {
      say(`${what}, topics made`, await take(count, topics));
      say(`${what}, topics there`, await take(count, topics));
    };
    await withTopics(brokers, (topics) => twice('1 group', 1, topics));
    await withTopics(brokers, (topics) => twice(`${groups} groups`, groups, topics));
    await withTopics(brokers, async (topics) => {
      await topics.fill(others);
      await twice(`${groups} groups beside ${others} topics`, groups, topics);
    });
  } finally {
    await workspace.clean();
    await kafka.stop();
  }
}

async function withTopics(brokers: string, work: (topics: KafkaTopics) => Promise<void>): Promise<void> {
  const topics = await KafkaTopics.open(brokers);
  try {
    await work(topics);
  } finally {
    await topics.close();
  }
}

function say(what: string, { startMs, before, after, connections, partitions }: Taken): void {
  const memory = `${before.toFixed(0)} MiB before, ${after.toFixed(0)} MiB after`;
  process.stdout.write(
    `${what}: ready after ${(startMs / 1_000).toFixed(2)} s, ${memory}, ${connections} connections, ${partitions} partitions\n`,
  );
}
