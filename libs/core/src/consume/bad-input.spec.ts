import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineEvent, type EventContext, type HandlerDefinition, type Tramline } from '@tramline/core';
import { DeadLetters } from '@tramline/core/ops';
import { header, Placed, Rig } from '../../spec-support/rig.js';

const MB = 1_000_000;

interface Note {
  readonly text: string;
}
const Noted = defineEvent<Note>('noted', { key: null });

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
afterEach(async () => {
  await rig.close();
  expect(rig.clock.pending).toBe(0);
});

/** Fails its first `times` runs. */
function noteHandler(
  times: number,
  lengths: number[],
  delays: readonly number[] = [10_000],
): HandlerDefinition {
  return {
    id: 'notes',
    events: [Noted],
    retry: { inPlace: 1, delays },
    run: ({ text }: Note) => {
      lengths.push(text.length);
      if (lengths.length <= times) throw new Error('not yet');
    },
  };
}

describe('a payload of 10 MB', () => {
  const large = { text: 'x'.repeat(10 * MB) };

  it('is refused by the publisher, and its neighbours are written', async () => {
    const lengths: number[] = [];
    const bus = await rig.started([noteHandler(0, lengths)]);
    const [refused, written] = await Promise.allSettled([
      bus.events.publish(Noted, large),
      bus.events.publish(Noted, { text: 'small' }),
    ]);
    expect(refused).toMatchObject({
      reason: {
        code: 'TRAMLINE_RECORD_TOO_LARGE',
        outcome: 'not-written',
        message: expect.stringContaining('publisher.maxEventBytes') as string,
      },
    });
    expect(written.status).toBe('fulfilled');
    await rig.clock.advance('1s');
    expect(lengths).toEqual([5]);
  });

  it('goes through tiers, dead letters and a redrive where the limit was raised', async () => {
    const lengths: number[] = [];
    const bus = await rig.started([noteHandler(2, lengths)], {
      contracts: [Noted],
      publisher: { maxEventBytes: 11 * MB },
    });
    await bus.events.publish(Noted, large);
    await rig.clock.advance('15s');
    const [letter] = rig.dead();
    expect(header(letter!, 'tramline-by-reference')).toBeUndefined();
    expect(letter!.value!.byteLength).toBe(JSON.stringify(large).length);
    await redriven(bus);
    expect(lengths).toEqual([10 * MB, 10 * MB, 10 * MB]);
  });

  it('does so also at a consumer that publishes nothing of this size itself', async () => {
    const publisher = rig.bus({ contracts: [Noted], publisher: { maxEventBytes: 11 * MB } });
    await publisher.events.publish(Noted, large);
    const lengths: number[] = [];
    const bus = await rig.started([noteHandler(2, lengths)]);
    await rig.clock.advance('15s');
    expect(rig.dead().map((letter) => header(letter, 'tramline-reason'))).toEqual(['retries-exhausted']);
    await redriven(bus);
    expect(lengths).toEqual([10 * MB, 10 * MB, 10 * MB]);
  });

  async function redriven(bus: Tramline): Promise<void> {
    let result: unknown;
    void new DeadLetters(bus, 'shop').redrive({}, { actor: 'ann' }).then((done) => (result = done));
    await rig.clock.runUntil(() => result !== undefined, '1m');
    await rig.clock.advance('1s');
    expect(result).toMatchObject({ redriven: 1, refused: [] });
  }
});

describe('100,000 distinct keys', () => {
  it('pass through a bounded window, each event once', async () => {
    const count = 100_000;
    const seen = new Uint8Array(count);
    const bus = await rig.started([
      { id: 'a', events: [Placed], run: async ({ n }: Placed) => void (seen[n] = seen[n]! + 1) },
    ]);
    for (let from = 0; from < count; from += 10_000) {
      const records = Array.from({ length: 10_000 }, (_, index) => {
        const event = { userId: `user-${from + index}`, n: from + index };
        return { key: Buffer.from(event.userId), value: Buffer.from(JSON.stringify(event)), headers: [] };
      });
      const target = { topic: 'order.placed', partition: (from / 10_000) % 3 };
      await bus.transport.append(target, records, { timeoutMs: 1_000 });
    }
    const committed = () => rig.committed().reduce((sum, offset) => sum + offset, 0);
    await rig.clock.runUntil(() => committed() === count, '10m');
    expect(seen.every((runs) => runs === 1)).toBe(true);
  });
});

describe('text that is not ASCII', () => {
  it.each(['ключ 🔑', '漢字', 'é', 'e\u0301', '', ' ', '\u0000'])(
    '%j as a key, a payload, a header and a handler id comes back as it was',
    async (text) => {
      const contexts: EventContext[] = [];
      const id = `an ${text} id`;
      const Any = defineEvent<Note>('any', { key: 'text' });
      const bus = await rig.started([
        {
          id,
          events: [Any],
          retry: { inPlace: 1, delays: ['10s'] },
          run: (event: Note, context: EventContext) => {
            expect(event.text).toBe(text);
            contexts.push(context);
            throw new Error(text);
          },
        },
      ]);
      await bus.events.publish(Any, { text }, { headers: { note: text } });
      await rig.clock.advance('15s');
      expect(
        contexts.map(({ key, handlerId, headers, attempt }) => [key, handlerId, headers['note'], attempt]),
      ).toEqual([
        [text, id, text, 1],
        [text, id, text, 2],
      ]);
      expect(
        rig
          .dead()
          .map((letter) => [
            header(letter, 'tramline-handler'),
            header(letter, 'tramline-error-message') ?? '',
          ]),
      ).toEqual([[id, text]]);
    },
  );

  it('is refused in the names of events, topics, services and groups, with the fix', () => {
    const naming = (options: object) => () => rig.bus({ contracts: [], ...options });
    const fix = /has characters that topics cannot have\. Use letters, digits/;
    expect(naming({ contracts: [defineEvent('zahlung.bestätigt', { key: null })] })).toThrow(fix);
    expect(naming({ contracts: [defineEvent('paid', { key: null, topic: '支払' })] })).toThrow(fix);
    expect(naming({ service: 'größe' })).toThrow(fix);
    expect(naming({ namespace: 'ä' })).toThrow(/is not a namespace\. Use letters/);
  });
});

describe('a contract that changed', () => {
  const versioned = (valid: (event: Placed) => boolean) =>
    defineEvent<Placed>('order.placed', {
      key: 'userId',
      schema: {
        '~standard': {
          version: 1,
          vendor: 'spec',
          validate: (value) =>
            valid(value as Placed)
              ? { value: value as Placed }
              : { issues: [{ message: 'too old', path: ['n'] }] },
        },
      },
    });

  it('makes dead letters of old records, in the topic and in tiers, without a run; new ones flow; reverted, a redrive runs them', async () => {
    const old = versioned(() => true);
    const strict = versioned(({ n }) => n >= 10);
    const retry = { inPlace: 1, delays: ['10s'] } as const;
    const before = await rig.started(
      [rig.handler('a', () => Promise.reject(new Error('no')), { events: [old], retry })],
      { contracts: [old] },
    );
    await before.events.publish(old, { userId: 'u', n: 1 });
    await rig.clock.advance('1s');
    await before.close();
    const publisher = rig.bus({ contracts: [old] });
    await publisher.events.publish(old, { userId: 'u', n: 2 });
    rig.runs.length = 0;

    const after = await rig.started([rig.handler('a', undefined, { events: [strict], retry })], {
      contracts: [strict],
    });
    await after.events.publish(strict, { userId: 'u', n: 10 });
    await rig.clock.advance('20s');
    expect(rig.runsOf('a').map(({ n }) => n)).toEqual([10]);
    expect(rig.dead().map((letter) => header(letter, 'tramline-reason'))).toEqual([
      'invalid-payload',
      'invalid-payload',
    ]);
    await after.close();

    const reverted = await rig.started([rig.handler('a', undefined, { events: [old], retry })], {
      contracts: [old],
    });
    let done = false;
    void new DeadLetters(reverted, 'shop').redrive({}, { actor: 'ann' }).then(() => (done = true));
    await rig.clock.runUntil(() => done, '1m');
    await rig.clock.advance('1s');
    expect(
      rig
        .runsOf('a')
        .map(({ n }) => n)
        .toSorted((a, b) => a - b),
    ).toEqual([1, 2, 10]);
  });
});
