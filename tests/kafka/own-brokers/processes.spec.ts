import { join } from 'node:path';
import type { Transport } from '@tramline/core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { KafkaCluster } from '../../../scripts/kafka/cluster.ts';
import { ask, int32, string } from '../../../scripts/kafka/wire.ts';
import { describeWithOwnBrokers } from '../support/broker.ts';
import { KafkaWorld } from '../support/kafka-world.ts';
import { until } from '../support/until.ts';
import { Workers } from '../support/workers.ts';
import { Load } from './load.ts';

const DESCRIBE_GROUPS = 15;
const PARTITIONS = 12;

describeWithOwnBrokers('processes of one group under load', () => {
  let cluster: KafkaCluster;
  let world: KafkaWorld;
  let workers: Workers;
  let load: Load;
  let transport: Transport;
  let group: string;
  beforeAll(async () => {
    cluster = await KafkaCluster.start();
  }, 120_000);
  afterAll(() => cluster?.stop());
  beforeEach(() => {
    workers = new Workers(join(import.meta.dirname, 'rebalance-worker.ts'));
    world = new KafkaWorld(cluster.addresses.join(','));
    group = `${world.namespace}.group`;
    const bus = world.bus('source', { consume: false, topics: { partitions: PARTITIONS } });
    ({ transport } = bus);
    load = new Load(bus);
  });
  afterEach(async () => {
    await load.stop();
    workers.close();
    await world.close();
  });

  const launch = (name: string) => workers.launch(name, world.brokers, world.namespace);
  const count = (name: string) => workers.lines(name).length;
  const goesOn = async (name: string) => {
    const before = count(name);
    await until(`${name} handles more`, () => count(name) > before + 200, 90_000);
  };
  /** Stops the load, and waits until everything that was acknowledged is handled, and the group knows it. */
  const allIsHandled = async () => {
    await load.stop();
    expect(load.failures).toEqual([]);
    const runs = () => workers.allLines().map((line) => Number(line.slice(0, line.indexOf(','))));
    await until('all is handled', () => {
      const handled = new Set(runs());
      return [...load.acknowledged].every((n) => handled.has(n));
    });
    const topic = `${world.namespace}.load.ticked`;
    await until('the group stands at the end', async () => {
      const ends = await transport.topics.offsets(topic);
      const committed = await transport.groups.committed(group, [topic]);
      return ends.every(
        ({ partition, end }) => end === (committed.find((one) => one.partition === partition)?.offset ?? 0),
      );
    });
    const all = runs();
    console.log(`${load.acknowledged.size} events, ${all.length - new Set(all).size} handled again`);
  };

  it(
    'one held for longer than its session loses its partitions, comes back, and takes nothing back with it',
    { timeout: 240_000 },
    async () => {
      launch('a');
      launch('b');
      await until('both work', () => count('a') > 500 && count('b') > 500, 90_000);
      workers.signal('a', 'SIGSTOP');
      await until('the other one has everything', async () => {
        const { members } = await transport.groups.describe(group);
        return members.length === 1 && members[0]!.partitions.length >= PARTITIONS;
      });
      await goesOn('b');
      workers.signal('a', 'SIGCONT');
      await until('both are members', async () => {
        const { members } = await transport.groups.describe(group);
        return members.length === 2 && members.every(({ partitions }) => partitions.length > 0);
      });
      await goesOn('a');
      await allIsHandled();
    },
  );

  it(
    'SIGTERM while the group waits for somebody who does not answer: they end in order, nothing is lost',
    { timeout: 240_000 },
    async () => {
      launch('a');
      launch('b');
      await until('both work', () => count('a') > 500 && count('b') > 500, 90_000);
      // It is asked to join anew, and does not: the rebalance lasts until its session is over.
      workers.signal('b', 'SIGSTOP');
      launch('c');
      await until('a rebalance is under way', async () => (await state()) === 'PreparingRebalance');
      const ends = [workers.end('c', 'SIGTERM'), workers.end('a', 'SIGTERM')];
      expect(await Promise.all(ends)).toEqual([0, 0]);
      workers.signal('b', 'SIGCONT');
      await goesOn('b');
      await allIsHandled();
    },
  );

  /** What the group's coordinator is doing. */
  async function state(): Promise<string> {
    const body = Buffer.concat([int32(1), string(group)]);
    const answer = await ask(cluster.brokers[0]!.place.port, DESCRIBE_GROUPS, 0, body);
    // After the number of groups: an error, the group's name, its state.
    const at = 4 + 2 + 2 + answer.readInt16BE(6);
    return answer.toString('utf8', at + 2, at + 2 + answer.readInt16BE(at));
  }
});
