import { defineEvent } from '@tramline/core';
import { beforeEach, expect, it } from 'vitest';
import { until } from '../../sample/support/until.ts';
import { describeOnBoth } from '../support/both.ts';
import { Counted, type Payload } from '../support/world.ts';
import { createEffects, effect, effects, remembered, seen } from './effects.ts';

const Followed = defineEvent<Payload>('spec.followed', { key: ({ key }: Payload) => key });

const EVENTS = 20;
const COPIES = 5;

describeOnBoth('once: true and events that come again', (world) => {
  beforeEach(() => createEffects(world().database));

  it('has one effect and one consequence for each event, however often it comes, in two processes', async () => {
    const start = () =>
      world().handling(
        async ({ key, n }, { tx, eventId }) => {
          await effect(tx, eventId, n);
          await services[0]!.bus.outbox.publish(tx, Followed, { key, n });
        },
        { contracts: [Counted, Followed] },
      );
    const services = [await start()];
    services.push(await start());
    const numbers = Array.from({ length: EVENTS }, (_, n) => n);
    // The copies of an event under other keys, too: they lie in other partitions, and so may run beside each other.
    const publishing = numbers.flatMap((n) =>
      Array.from({ length: COPIES }, (_, copy) =>
        services[copy % 2]!.bus.events.publish(Counted, { key: `${copy}`, n }, { id: `event-${n}` }),
      ),
    );
    await Promise.all(publishing);
    const done = () => services.flatMap((one) => seen(one, 'done')).length;
    await until('every copy is done', () => done() >= EVENTS * COPIES);
    await until('every consequence', () => world().log('spec.followed').length >= EVENTS);

    expect(await effects(world().database)).toEqual(numbers);
    expect(services.flatMap((one) => seen(one, 'known'))).toHaveLength(EVENTS * (COPIES - 1));
    expect(services.flatMap((one) => seen(one, 'attempt-failed'))).toEqual([]);
    const followed = world()
      .log('spec.followed')
      .map(({ n }) => n);
    expect(followed.sort((a, b) => a - b)).toEqual(numbers);
  });

  it('has no effect, and is unknown, until an attempt succeeds', async () => {
    let attempts = 0;
    const service = await world().handling(
      async ({ n }, { tx, eventId }) => {
        await effect(tx, eventId, n);
        if (++attempts < 3) throw new Error('not yet');
      },
      { handler: { retry: { inPlace: 3 } } },
    );
    await service.bus.events.publish(Counted, { key: 'a', n: 7 }, { id: 'seven' });
    await until('it is done', () => seen(service, 'done').length === 1);
    expect(seen(service, 'done')).toMatchObject([{ attempt: 3 }]);
    expect(await effects(world().database)).toEqual([7]);
    expect(await remembered(world().database)).toEqual(['seven']);
  });
});
