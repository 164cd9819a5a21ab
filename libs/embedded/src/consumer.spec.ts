import { silentLog, systemClock, TransportError, type ConsumeListener, type Log } from '@tramline/core';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Consumer } from './consumer.js';
import type { Coordinator } from './coordinator.js';
import { Tails } from './tails.js';
import type { WorkerLink } from './worker-link.js';

const holdings = [0, 1, 2, 3, 4].map((partition) => ({
  id: partition,
  topic: 't',
  partition,
  epoch: 1,
  askedBack: false,
}));

/** A member of a group whose log does what the test says: what was logged of it, and how often it left. */
function member(log: Partial<Coordinator>, listener: Partial<ConsumeListener> = {}) {
  const lines: string[] = [];
  const statuses: string[] = [];
  const warn: Log['warn'] = (line) => void lines.push(line);
  const coordinator: Coordinator = {
    beat: () => Promise.resolve({ holdings, generation: 1, nextExpiryMs: null }),
    watch: () => {},
    positions: (ids) =>
      Promise.resolve(
        ids.map((id) => ({ id, topic: 't', partition: id, committed: null, earliest: 0, end: 0 })),
      ),
    release: () => Promise.resolve(),
    commit: () => Promise.resolve(),
    leave: () => Promise.resolve(),
    ...log,
  };
  const leave = vi.spyOn(coordinator, 'leave');
  const consumer = new Consumer(
    coordinator,
    new Tails(() => ({ tail: () => {} }) as unknown as WorkerLink),
    systemClock,
    { ...silentLog, warn },
    { group: 'w', sessionTimeoutMs: 60, broadcast: false },
    {
      assigned: (partitions) => Promise.resolve(partitions.map((one) => ({ ...one, offset: 0 }))),
      revoked: () => Promise.resolve(),
      lost: () => void statuses.push('lost'),
      outOfRange: () => {},
      records: () => {},
      status: ({ kind }) => void statuses.push(kind),
      ...listener,
    },
    () => {},
  );
  onTestFinished(() => consumer.close());
  const until = (kind: string) => vi.waitFor(() => expect(statuses).toContain(kind), { interval: 1 });
  return { consumer, lines, leave, until };
}

const refuse = (code: 'TRAMLINE_STORAGE' | 'TRAMLINE_AWAY') => () =>
  Promise.reject(new TransportError(code, `The log says ${code}.`));

it('names three of the partitions that it gives up, and how many others', async () => {
  const { consumer, lines, until } = member({}, { revoked: () => new Promise(() => {}) });
  await until('joined');
  await consumer.close();
  expect(lines).toEqual([
    'Group w gives up t/0, t/1, t/2 and 2 others before "revoked" is done: half a session is over.',
  ]);
});

it('leaves it to the listener to log what is lost', async () => {
  const views = [holdings, []];
  const { lines, until } = member({
    beat: () =>
      Promise.resolve({ holdings: views.shift() ?? [], generation: 2 - views.length, nextExpiryMs: null }),
  });
  await until('lost');
  expect(lines).toEqual([]);
});

it('leaves once, and says once that it could not, also when it is closed after it failed', async () => {
  const { consumer, lines, leave, until } = member(
    { leave: refuse('TRAMLINE_AWAY') },
    { assigned: () => Promise.reject(new Error('no start')) },
  );
  await until('failed');
  await consumer.close();
  expect(leave).toHaveBeenCalledOnce();
  expect(lines).toEqual([expect.stringMatching(/^Group w could not be left; .*The log says TRAMLINE_AWAY/)]);
});

it('says nothing of leaving a log that needs mending: its failure told so', async () => {
  const needsMending = refuse('TRAMLINE_STORAGE');
  const { consumer, lines, leave, until } = member({ beat: needsMending, leave: needsMending });
  await until('failed');
  await consumer.close();
  expect(leave).toHaveBeenCalledOnce();
  expect(lines).toEqual([]);
});
