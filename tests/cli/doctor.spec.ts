import { defineEvent, type TramlineOptions } from '@tramline/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliWorld } from './support/world.ts';

const Placed = defineEvent<{ id: string }>('order.placed', { key: 'id' });

let world: CliWorld;
beforeEach(() => {
  world = new CliWorld();
});
afterEach(() => world.close());

interface Finding {
  readonly check: string;
  readonly level: string;
  readonly message: string;
  readonly fix: string | null;
}

const findings = async (...args: string[]) => {
  const { exit, stdout } = await world.run(['doctor', '--json', ...args]);
  const parsed = JSON.parse(stdout) as { findings: Finding[]; counts: object };
  return { exit, ...parsed, bad: parsed.findings.filter(({ level }) => level !== 'ok') };
};

/** The configuration of the system that {@link shop} runs. */
const configure = (tiers: string) =>
  world.configure(`
    import { Tramline, defineEvent } from '{{@tramline/core}}';
    import { embedded } from '{{@tramline/embedded}}';
    const transport = embedded({ directory: '.tramline/log', partitions: 2 });
    const handler = (id, type) => ({ id, events: [defineEvent(type, { key: 'id' })], run() {} });
    export default {
      transport,
      app: () => new Tramline({
        service: 'shop', transport,
        consumer: { retryTiers: ${tiers} }, retry: { delays: [] },
        handlers: [handler('invoice', 'order.placed'), handler('refund', 'order.refunded')],
      }),
    };
  `);

const shop = (options: Partial<TramlineOptions> = {}) =>
  world.service({
    consumer: { retryTiers: ['1s', '1h'] },
    retry: { inPlace: 1, delays: ['1h'] },
    handlers: [{ id: 'invoice', events: [Placed], run: () => undefined }],
    ...options,
  });

describe('tramline doctor', () => {
  it('finds nothing wrong where nothing is, but what nobody publishes', async () => {
    configure("['1s', '1h']");
    const bus = shop();
    await bus.start();
    await expect.poll(() => bus.health().ready, { timeout: 20_000 }).toBe(true);
    await bus.events.publish(Placed, { id: 'a' });
    await bus.events.publish(defineEvent<{ id: string }>('order.refunded', { key: 'id' }), { id: 'a' });
    const { exit, bad, counts } = await findings();
    expect([exit, bad]).toEqual([0, []]);
    expect(counts).toMatchObject({ hint: 0, warning: 0, fault: 0 });
    const { stdout } = await world.run(['doctor']);
    const steady = stdout.replaceAll(world.folder, '(folder)').replace(/Node [\d.]+/, 'Node (version)');
    await expect(steady).toMatchFileSnapshot('examples/doctor.txt');
  });

  it('finds tiers that nobody reads or names, groups without members, events without handler and the reverse', async () => {
    const bus = shop({
      handlers: [
        {
          id: 'invoice',
          events: [Placed],
          run: () => {
            throw new Error('away');
          },
        },
      ],
    });
    await bus.start();
    await expect.poll(() => bus.health().ready, { timeout: 20_000 }).toBe(true);
    const failed = new Promise<void>((resolve) => {
      bus.observations.observe(({ kind }) => kind === 'waiting' && resolve());
    });
    await bus.events.publish(Placed, { id: 'a' });
    await bus.events.publish(defineEvent<{ id: string }>('order.sent', { key: 'id' }), { id: 'a' });
    await failed;
    await bus.close();

    configure("['1s']");
    const { exit, bad } = await findings();
    expect(exit).toBe(1);
    expect(bad.every(({ fix }) => fix !== null && fix !== '')).toBe(true);
    const all = bad.map(({ check, level, message }) => `${check} ${level}: ${message}`);
    expect(all).toEqual([
      expect.stringMatching(/^topology hint: Service 'shop': topics are missing: 'order\.refunded'/),
      "tiers fault: 1 event waits in 'shop.retry.1h', and nobody reads it: group 'shop' has no members.",
      "tiers hint: No configuration names tier 'shop.retry.1h' any more: 1 event waits in it.",
      expect.stringMatching(/^groups warning: Group 'shop' has no members: \d+ events? waits? for it\.$/),
      "events hint: handler 'refund' handles 'order.refunded', and no such event lies in the log.",
      expect.stringContaining("events hint: Events 'order.sent' lie in topic 'order.sent', and no handler"),
    ]);
  });

  it('looks at the database, and at whatever else can be looked at when something is broken', async () => {
    world.configure(`
      import { nodeSqlite } from '{{@tramline/outbox/node-sqlite}}';
      import { DatabaseSync } from 'node:sqlite';
      export default {
        outbox: nodeSqlite(new DatabaseSync('shop.db')),
        app: () => { throw new Error('SMS_KEY is missing'); },
      };
    `);
    const { exit, bad } = await findings('--brokers', '127.0.0.1:1');
    expect(exit).toBe(3);
    expect(bad.map(({ check, level }) => `${check} ${level}`)).toEqual([
      'application fault',
      'database fault',
      'broker fault',
    ]);
    expect(bad.map(({ message }) => message)).toEqual([
      expect.stringContaining('SMS_KEY is missing'),
      expect.stringContaining("The outbox's tables are missing in this SQLite file"),
      expect.stringContaining('Kafka at 127.0.0.1:1 cannot be reached'),
    ]);
    expect(bad[1]!.fix).toBe('tramline outbox migrate');
  });

  it('lists every fault of the configuration file', async () => {
    world.configure('export default { transports: 1, namespace: 2 };');
    const { exit, bad } = await findings();
    expect([exit, bad.length]).toEqual([1, 1]);
    expect(bad[0]!.message).toMatch(/unknown option 'transports'.* namespace is no text/);
  });
});
