import { defineEvent, NonRetryableError, type HandlerDefinition } from '@tramline/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliWorld } from './support/world.ts';

const Placed = defineEvent<{ id: string; n: number }>('order.placed', { key: 'id' });
const Paid = defineEvent<{ id: string }>('order.paid', { key: 'id' });

let world: CliWorld;
beforeEach(() => {
  world = new CliWorld();
});
afterEach(() => world.close());

const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('tramline tail', () => {
  it('shows the past, and what comes, until Ctrl-C', async () => {
    const bus = world.service();
    await bus.events.publish(Placed, { id: 'a', n: 1 }, { id: 'e1', headers: { tenant: 'x' } });
    const tail = world.start(['tail', '--from-beginning', '--json']);
    await tail.until(({ stdout }) => stdout.includes('e1'));
    await bus.events.publish(Placed, { id: 'b', n: 2 }, { id: 'e2' });
    await tail.until(({ stdout }) => stdout.includes('e2'));
    tail.interrupt();
    const { exit, stdout, stderr } = await tail.ended;
    expect([exit, stderr]).toEqual([0, 'Following order.placed. Ctrl-C ends it.\n']);
    expect(lines(stdout)).toEqual([
      {
        ...{ topic: 'order.placed', partition: expect.any(Number), offset: 0, timestamp: expect.any(Number) },
        ...{ id: 'e1', type: 'order.placed', source: 'shop', key: 'a', time: expect.any(String) },
        ...{ correlationId: null, causationId: null, headers: { tenant: 'x' }, payload: { id: 'a', n: 1 } },
      },
      expect.objectContaining({ id: 'e2', key: 'b', payload: { id: 'b', n: 2 } }),
    ]);
  });

  it('keeps to key, type, topic, time and number, and ends where the log ends when it is not to follow', async () => {
    const bus = world.service();
    for (let n = 0; n < 10; n++) await bus.events.publish(Placed, { id: `u${n % 2}`, n });
    await bus.events.publish(Paid, { id: 'u1' });
    const read = async (...args: string[]) => {
      const { exit, stdout } = await world.run(['tail', '--json', '--no-follow', ...args]);
      expect(exit).toBe(0);
      return stdout === ''
        ? []
        : lines(stdout).map(({ type, payload }) =>
            type === 'order.paid' ? 'paid' : (payload as { n: number }).n,
          );
    };
    expect(await read('--key', 'u1')).toEqual([1, 3, 5, 7, 9, 'paid']);
    expect(await read('--type', 'order.paid')).toEqual(['paid']);
    expect(await read('order.placed', '--limit', '3')).toHaveLength(3);
    expect(await read('--since', '1h', '--key', 'u0')).toEqual([0, 2, 4, 6, 8]);
    expect(await read('--since', '2100-01-01')).toEqual([]);
  });

  it('fits people: a line for each event, no escape of a payload reaches the terminal', async () => {
    const bus = world.service();
    const time = new Date('2026-01-31T12:00:00Z');
    await bus.events.publish(Placed, { id: 'a\u001b[2J', n: 1 }, { id: 'e1', time, partition: 0 });
    const { stdout } = await world.run(['tail', '--no-follow']);
    const steady = stdout.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '(time)');
    await expect(steady).toMatchFileSnapshot('examples/tail.txt');
  });

  it('ends quietly when its reader goes', async () => {
    const bus = world.service();
    for (let n = 0; n < 3; n++) await bus.events.publish(Placed, { id: 'a', n });
    const tail = world.start(['tail', '--from-beginning']);
    await tail.until(({ stdout }) => stdout.includes('order.placed'));
    tail.child.stdout!.destroy();
    await bus.events.publish(Placed, { id: 'a', n: 9 });
    expect((await tail.ended).exit).toBe(0);
  });

  it.each([
    [['tail', '--since', 'yesterday'], '--since is "yesterday"'],
    [['tail', '--since', '1m', '--from-beginning'], 'not both'],
    [['tail', 'a', '--group', 'b'], 'A group knows its topics'],
    [['tail', '--limit', '0'], 'give a whole number from 1'],
  ])('refuses %j', async (args, message) => {
    const { exit, stderr } = await world.run(args);
    expect([exit, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('tramline tail --group', () => {
  it('shows what the group does with each event', async () => {
    const handler = (id: string, run: HandlerDefinition['run']): HandlerDefinition => ({
      id,
      events: [Placed],
      run,
    });
    const bus = world.service({
      consumer: { retryTiers: ['1s'] },
      retry: { inPlace: 1, delays: ['1s'] },
      handlers: [
        handler('fine', () => undefined),
        handler('flaky', ({ n }: { n: number }, { attempt }) => {
          if (n === 1 && attempt === 1) throw new Error('the gateway is away');
        }),
        handler('strict', ({ n }: { n: number }) => {
          if (n === 2) throw new NonRetryableError('no such user');
        }),
      ],
    });
    await bus.start();
    await expect.poll(() => bus.health().ready, { timeout: 20_000 }).toBe(true);
    const tail = world.start(['tail', '--group', 'shop', '--from-beginning', '--json']);
    await tail.until(({ stderr }) => stderr.includes('Following group shop'));
    for (const n of [0, 1, 2]) await bus.events.publish(Placed, { id: 'a', n }, { id: `e${n}` });
    const seen = () =>
      tail.stdout === ''
        ? []
        : lines(tail.stdout.slice(0, tail.stdout.lastIndexOf('\n'))).map(({ kind, handlerId, left, event }) =>
            [(event as { id: string }).id, kind, handlerId, left].filter((one) => one !== undefined),
          );
    const of = (id: string) =>
      seen()
        .filter(([event]) => event === id)
        .map((step) => step.slice(1));
    // They come from several topics, in the order in which these were looked at.
    const steps: Record<string, unknown[][]> = {
      e0: [['arrived'], ['done', null, []]],
      e1: [['arrived'], ['waiting', 'flaky'], ['done', null, ['flaky']], ['done', 'flaky', []]],
      e2: [['arrived'], ['dead', 'strict'], ['done', null, ['strict']]],
    };
    await tail.until(() => seen().length >= Object.values(steps).flat().length);
    for (const [id, wanted] of Object.entries(steps)) {
      expect(of(id)).toHaveLength(wanted.length);
      expect(of(id)).toEqual(expect.arrayContaining(wanted));
    }
    tail.interrupt();
    expect((await tail.ended).exit).toBe(0);

    const past = await world.run(['tail', '--group', 'shop', '--no-follow']);
    const steady = past.stdout
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '(time)')
      .replaceAll(/letter \w+/g, 'letter (id)')
      .replaceAll(/ \d\/\d /g, ' (place) ');
    await expect(steady.split('\n').sort().join('\n').trimStart()).toMatchFileSnapshot(
      'examples/tail-group.txt',
    );
  });

  it('says that there is no topic of the type, and looks everywhere', async () => {
    await world.service().events.publish(Placed, { id: 'a', n: 1 });
    const { exit, stdout, stderr } = await world.run(['tail', '--type', 'order.plcaed', '--no-follow']);
    expect([exit, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/^There is no topic 'order\.plcaed': looking for events of type/);
  });

  it('knows no group that was never there', async () => {
    await world.service().events.publish(Placed, { id: 'a', n: 1 });
    const { exit, stderr } = await world.run(['tail', '--group', 'shpo']);
    expect([exit, stderr]).toEqual([1, expect.stringContaining("There is no group 'shpo'")]);
  });
});
