import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { KafkaCluster } from '../../../scripts/kafka/cluster.ts';
import { describeWithOwnBrokers } from '../support/broker.ts';
import { KafkaWorld } from '../support/kafka-world.ts';
import { until } from '../support/until.ts';
import { Load, Ticked, written, type Tick } from './load.ts';

/** What must not be, whatever happens. */
interface Damage {
  readonly failures: readonly string[];
  /** Acknowledged, but not once in the log. */
  readonly notOnce: readonly number[];
  /** Keys whose events were handled in another order than they were published in. */
  readonly disordered: readonly string[];
}
const NONE: Damage = { failures: [], notOnce: [], disordered: [] };

/** Runs a load through `trouble`, waits until all that was acknowledged is handled, and tells what came of it. */
async function damage(world: KafkaWorld, trouble: (handled: () => number) => Promise<void>): Promise<Damage> {
  const handled = new Map<number, number>();
  const firsts = new Map<string, number[]>();
  const run = ({ key, n }: Tick) => {
    if (!handled.has(n)) firsts.set(key, [...(firsts.get(key) ?? []), n]);
    handled.set(n, (handled.get(n) ?? 0) + 1);
  };
  const bus = world.bus('load', {
    handlers: [{ id: 'count', events: [Ticked], run }],
    publisher: { timeout: '90s' },
  });
  await bus.start();
  await until('it is ready', () => bus.health().ready);
  const load = new Load(bus);
  await until('the load flows', () => handled.size > 500);
  await trouble(() => handled.size);
  const before = handled.size;
  await until('it flows again', () => handled.size > before + 500, 90_000);
  await load.stop();
  await until(
    'all that was acknowledged is handled',
    () => [...load.acknowledged].every((n) => handled.has(n)),
    90_000,
  );
  const repeated = [...handled.values()].filter((times) => times > 1).length;
  console.log(`${load.acknowledged.size} acknowledged, ${repeated} handled more than once`);
  const counts = await written(bus);
  return {
    failures: load.failures,
    notOnce: [...load.acknowledged].filter((n) => counts.get(n) !== 1),
    disordered: [...firsts]
      .filter(([, order]) => order.some((n, at) => n < (order[at - 1] ?? 0)))
      .map(([key]) => key),
  };
}

describeWithOwnBrokers('one broker', () => {
  let cluster: KafkaCluster;
  let world: KafkaWorld;
  beforeAll(async () => {
    cluster = await KafkaCluster.start();
  }, 120_000);
  afterAll(() => cluster?.stop());
  beforeEach(() => {
    world = new KafkaWorld(cluster.addresses.join(','));
  });
  afterEach(() => world.close());

  it('killed for 20 s: nothing is lost, and nobody has to restart', { timeout: 240_000 }, async () => {
    const [broker] = cluster.brokers;
    const found = await damage(world, async () => {
      await broker!.kill();
      await sleep(20_000);
      await broker!.start();
    });
    expect(found).toEqual(NONE);
  });

  it('that stalls for 15 s without closing a connection', { timeout: 240_000 }, async () => {
    const [broker] = cluster.brokers;
    const found = await damage(world, async () => {
      broker!.hold();
      await sleep(15_000);
      broker!.release();
    });
    expect(found).toEqual(NONE);
  });

  it('that is not there yet when the service starts', { timeout: 240_000 }, async () => {
    const [broker] = cluster.brokers;
    await broker!.kill();
    const seen: number[] = [];
    const bus = world.bus('early', {
      handlers: [{ id: 'see', events: [Ticked], run: ({ n }: Tick) => void seen.push(n) }],
    });
    await bus.start();
    expect(bus.health().ready).toBe(false);
    const publishing = bus.events.publish(Ticked, { key: 'k', n: 1 });
    await broker!.start();
    await publishing;
    await until('it was handled', () => seen.includes(1));
    expect(bus.health().ready).toBe(true);
  });
});

describeWithOwnBrokers('three brokers', () => {
  let cluster: KafkaCluster;
  let world: KafkaWorld;
  beforeAll(async () => {
    cluster = await KafkaCluster.start({ brokers: 3 });
  }, 180_000);
  afterAll(() => cluster?.stop());
  beforeEach(() => {
    world = new KafkaWorld(cluster.addresses.join(','));
  });
  afterEach(() => world.close());

  it(
    'each killed and brought back in turn, leaders and coordinators among them',
    { timeout: 400_000 },
    async () => {
      const found = await damage(world, async (handled) => {
        for (const broker of cluster.brokers) {
          await broker.kill();
          const before = handled();
          await until('it flows without that broker', () => handled() > before + 500, 90_000);
          await broker.start();
          // Replicas catch up before the next one goes.
          await sleep(5_000);
        }
      });
      expect(found).toEqual(NONE);
    },
  );

  it('any two stopped in an orderly way, one after the other', { timeout: 400_000 }, async () => {
    const found = await damage(world, async () => {
      for (const broker of cluster.brokers.slice(0, 2)) {
        await broker.stop();
        await broker.start();
        await sleep(3_000);
      }
    });
    expect(found).toEqual(NONE);
  });
});
