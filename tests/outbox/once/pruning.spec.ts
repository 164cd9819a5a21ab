import type { EventContext } from '@tramline/core';
import { beforeEach, expect, it } from 'vitest';
import { until } from '../../sample/support/until.ts';
import { describeOnBoth } from '../support/both.ts';
import type { OutboxDatabase } from '../support/outbox-database.ts';
import { Counted, type Payload, type Service } from '../support/world.ts';
import { createEffects, effect, remembered, seen } from './effects.ts';
import { hurried } from './hurried.ts';

const DAY_MS = 86_400_000;

/** As if it had been seen so long before. */
async function age(database: OutboxDatabase, ids: readonly string[], days: number): Promise<void> {
  const before =
    database.name === 'SQLite' ? `seen_at - ${days * DAY_MS}` : `seen_at - interval '${days} days'`;
  const list = ids.map((id) => `'${id}'`).join(', ');
  await database.run(`UPDATE tramline_inbox SET seen_at = ${before} WHERE event_id IN (${list})`);
}

describeOnBoth('pruning the inbox', (world) => {
  beforeEach(() => createEffects(world().database));

  const publish = (service: Service, ids: readonly string[], key = 'a') =>
    service.bus.events.publishAll(ids.map((id, n) => [Counted, { key, n }, { id }] as const));

  it('forgets what is older than inbox.keep, and nothing younger', async () => {
    const { database } = world();
    const service = await world().handling(({ n }, { tx, eventId }) => effect(tx, eventId, n), {
      provider: hurried(database.provider()),
    });
    await publish(service, ['old', 'older', 'young', 'last']);
    await until('all are done', () => seen(service, 'done').length === 4);
    expect(await remembered(database)).toEqual(['last', 'old', 'older', 'young']);
    await age(database, ['old'], 7.1);
    await age(database, ['older'], 30);
    // Still within the seven days.
    await age(database, ['young'], 6.9);
    await until('two are forgotten', async () => (await remembered(database)).length === 2);
    expect(await remembered(database)).toEqual(['last', 'young']);
    // What is remembered is known.
    await publish(service, ['young']);
    await until('it came again', () => seen(service, 'known').length === 1);
  });

  it('keeps what is old until what lies behind it is committed', async () => {
    const { database } = world();
    let release!: () => void;
    const held = new Promise<void>((resolve) => (release = resolve));
    const service = await world().start({
      provider: hurried(database.provider()),
      handlers: [
        {
          id: 'count',
          events: [Counted],
          once: true,
          run: ({ n }: Payload, { tx, eventId }: EventContext) => effect(tx, eventId, n),
        },
        // Keeps the first event of a partition unfinished, and with it all offsets behind it uncommitted.
        { id: 'gate', events: [Counted], run: ({ key }: Payload) => (key === 'held' ? held : undefined) },
      ],
    });
    const { events } = service.bus;
    await events.publish(Counted, { key: 'held', n: 0 }, { id: 'first', partition: 0 });
    await events.publish(Counted, { key: 'free', n: 1 }, { id: 'second', partition: 0 });
    await events.publish(Counted, { key: 'free', n: 2 }, { id: 'elsewhere', partition: 1 });
    const ids = ['elsewhere', 'first', 'second'];
    await until('all have their effect', async () => (await remembered(database)).length === ids.length);
    await age(database, ids, 30);
    await until('one is forgotten', async () => (await remembered(database)).length < ids.length);
    expect(await remembered(database)).toEqual(['first', 'second']);
    release();
    await until('all are forgotten', async () => (await remembered(database)).length === 0);
    expect(seen(service, 'known')).toEqual([]);
  });
});
