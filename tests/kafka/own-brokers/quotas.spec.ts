import { defineEvent, type Log, type Observation } from '@tramline/core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { KafkaCluster } from '../../../scripts/kafka/cluster.ts';
import { run } from '../../interop/support/command.ts';
import { CONFIGS, kafkaTool } from '../../interop/support/java.ts';
import { describeWithOwnBrokers } from '../support/broker.ts';
import { KafkaWorld } from '../support/kafka-world.ts';
import { until } from '../support/until.ts';

interface Page {
  readonly id: string;
  readonly n: number;
  readonly text: string;
}
const Written = defineEvent<Page>('page.written', { key: 'id' });
const COUNT = 800;
const AT_ONCE = 40;
const TEXT = 'x'.repeat(1_000);
/** About ten seconds for what is published, and as long for what is read. */
const BYTES_PER_SECOND = 80_000;
const CLIENT = 'held-back';

describeWithOwnBrokers('a client that a quota holds back', () => {
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

  it(
    'publishes and consumes all the same, only slower, keeps its membership, and says why',
    { timeout: 240_000 },
    async () => {
      const lines: string[] = [];
      const observations: Observation[] = [];
      const say = (line: string) => void lines.push(line);
      const log: Log = { debug() {}, info: say, warn: say, error: say };
      const seen: number[] = [];
      const handlers = [{ id: 'see', events: [Written], run: ({ n }: Page) => void seen.push(n) }];
      const bus = world.bus('shop', { handlers, log, publisher: { timeout: '2m' } }, { clientId: CLIENT });
      bus.observations.observe((one) => void observations.push(one));
      await bus.start();
      await until('it is ready', () => bus.health().ready);
      const quota = `producer_byte_rate=${BYTES_PER_SECOND},consumer_byte_rate=${BYTES_PER_SECOND}`;
      const where = [
        '--bootstrap-server',
        world.brokers,
        '--entity-type',
        'clients',
        '--entity-name',
        CLIENT,
      ];
      await run(await kafkaTool(CONFIGS, ...where, '--alter', '--add-config', quota));

      // Several at once, but not all: a quota holds back what comes after it was exceeded.
      for (let from = 0; from < COUNT; from += AT_ONCE) {
        const pages = Array.from({ length: AT_ONCE }, (_, index) => {
          const n = from + index;
          return [Written, { id: `k${n % 10}`, n, text: TEXT }] as const;
        });
        await bus.events.publishAll(pages);
      }
      await until('all are handled', () => seen.length >= COUNT, 120_000);
      expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: COUNT }, (_, n) => n));
      const kinds = (kind: Observation['kind']) => observations.filter((one) => one.kind === kind);
      expect([kinds('lost'), kinds('commit-failed'), kinds('publish-failed')]).toEqual([[], [], []]);
      expect(kinds('throttled').length).toBeGreaterThan(0);
      expect(bus.health().throttled).toMatchObject({ broker: expect.any(String), at: expect.any(Number) });
      expect(bus.health().throttled!.delayMs).toBeGreaterThan(0);
      const said = lines.filter((line) => /quota/.test(line));
      expect(said.join('\n')).toMatch(new RegExp(`holds client '${CLIENT}' back by a quota`));
      // A line each minute, not one for each answer.
      expect(said.length).toBeLessThan(5);
    },
  );
});
