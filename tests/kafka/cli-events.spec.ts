import { defineEvent, NonRetryableError } from '@tramline/core';
import { nodeSqlite } from '@tramline/outbox/node-sqlite';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CliWorld } from '../cli/support/world.ts';
import { describeWithKafka, sharedBrokers } from './support/broker.ts';
import { KafkaWorld } from './support/kafka-world.ts';

const Placed = defineEvent<{ id: string; n: number }>('order.placed', { key: 'id' });

describeWithKafka('tramline on Kafka', () => {
  let kafka: KafkaWorld;
  let cli: CliWorld;
  let variables: Record<string, string>;
  beforeEach(async () => {
    kafka = new KafkaWorld(await sharedBrokers());
    cli = new CliWorld();
    variables = { TRAMLINE_BROKERS: kafka.brokers, TRAMLINE_NAMESPACE: kafka.namespace };
  });
  afterEach(async () => {
    await cli.close();
    await kafka.close();
  });

  const run = (...argv: string[]) => cli.run(argv, { variables });
  const json = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('publishes, and shows what was published', async () => {
    expect((await run('topics', 'create', 'order.placed', '--partitions', '2')).exit).toBe(0);
    const sent = await cli.run(['publish', 'order.placed', '--key', 'a', '--json'], {
      variables,
      stdin: '{"id":"a","n":1}\n{"id":"a","n":2}\n',
    });
    expect(sent.exit).toBe(0);
    expect(json(sent.stdout)).toMatchObject([
      { line: 1, topic: `${kafka.namespace}.order.placed`, offset: 0 },
      { line: 2, offset: 1 },
    ]);
    const tail = await run('tail', '--no-follow', '--json');
    expect(json(tail.stdout)).toMatchObject([
      { type: 'order.placed', key: 'a', payload: { id: 'a', n: 1 } },
      { type: 'order.placed', key: 'a', payload: { id: 'a', n: 2 } },
    ]);
    const follow = cli.start(['tail', '--type', 'order.placed', '--json'], { variables });
    await follow.until(({ stderr }) => stderr.includes('Ctrl-C ends it'));
    await run('publish', 'order.placed', '{"id":"b","n":3}', '--key', 'b');
    await follow.until(({ stdout }) => stdout.includes('"n":3'));
    follow.interrupt();
    expect((await follow.ended).exit).toBe(0);
  });

  it('shows what becomes of events in a group, and the doctor finds its dead letter, and nothing else', async () => {
    const handlers = [
      { id: 'fine', events: [Placed], run: () => undefined },
      {
        id: 'strict',
        events: [Placed],
        run: ({ n }: { n: number }) => {
          if (n === 1) throw new NonRetryableError('no');
        },
      },
    ];
    const bus = kafka.bus('shop', { handlers, topics: { topology: 'create', partitions: 2 } });
    await bus.start();
    await expect.poll(() => bus.health().ready, { timeout: 30_000 }).toBe(true);
    const tail = cli.start(['tail', '--group', 'shop', '--json'], { variables });
    await tail.until(({ stderr }) => stderr.includes('Following group shop'));
    await bus.events.publish(Placed, { id: 'a', n: 0 }, { id: 'e0' });
    await bus.events.publish(Placed, { id: 'a', n: 1 }, { id: 'e1' });
    const seen = () =>
      json(tail.stdout.slice(0, tail.stdout.lastIndexOf('\n')) || '{}').map(({ kind, left, event }) => [
        (event as { id?: string } | undefined)?.id,
        kind,
        ...((left as string[] | undefined) ?? []),
      ]);
    await tail.until(() => seen().filter(([, kind]) => kind === 'done').length === 2);
    expect(seen().toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual([
      ['e0', 'arrived'],
      ['e0', 'done'],
      ['e1', 'arrived'],
      ['e1', 'dead'],
      ['e1', 'done', 'strict'],
    ]);
    cli.configure(`
      import { Tramline, defineEvent } from '{{@tramline/core}}';
      import { kafka } from '{{@tramline/kafka}}';
      const transport = kafka({ brokers: '${kafka.brokers}' });
      const handler = (id) => ({ id, events: [defineEvent('order.placed', { key: 'id' })], run() {} });
      export default {
        transport,
        app: () => new Tramline({ service: 'shop', transport, handlers: [handler('fine'), handler('strict')] }),
      };
    `);
    const { exit, stdout } = await run('doctor', '--json');
    const { findings } = JSON.parse(stdout) as { findings: { level: string; message: string }[] };
    expect(findings.filter(({ level }) => level !== 'ok')).toMatchObject([
      { level: 'warning', message: "1 dead letter waits for a decision in group 'shop'." },
    ]);
    expect(exit).toBe(0);
  });

  it('relays an outbox', async () => {
    const database = new DatabaseSync(join(cli.folder, 'shop.db'));
    cli.configure(`
      import { nodeSqlite } from '{{@tramline/outbox/node-sqlite}}';
      import { DatabaseSync } from 'node:sqlite';
      export default { outbox: nodeSqlite(new DatabaseSync('shop.db')) };
    `);
    expect((await run('outbox', 'migrate')).exit).toBe(0);
    const bus = kafka.bus('shop', { outbox: nodeSqlite(database, { relay: false }) });
    await bus.outbox.transaction((tx) => bus.outbox.publish(tx, Placed, { id: 'a', n: 1 }));
    const relay = cli.start(['relay', '--json'], { variables });
    await relay.until(({ stdout }) => stdout.includes('"relaying"'));
    const backlog = async () =>
      (JSON.parse((await run('outbox', 'status', '--json')).stdout) as { backlog: number }).backlog;
    await expect.poll(backlog, { timeout: 30_000 }).toBe(0);
    relay.interrupt();
    const { exit, stdout } = await relay.ended;
    expect([exit, json(stdout).at(-1)]).toMatchObject([0, { status: 'stopped', relayed: 1 }]);
    expect(json((await run('tail', '--no-follow', '--json')).stdout)).toMatchObject([{ payload: { n: 1 } }]);
    await bus.close();
    database.close();
  });
});
