import type { Transport } from '@tramline/core';
import { expect, it } from 'vitest';
import { Child } from './spec/child.js';
import { testDirectory } from './spec/directory.js';
import { append, openTransport, readAll, textRecord } from './spec/environment.js';

const SESSION = 1_500;
const consume = { do: 'consume', group: 'g', topics: ['t'], sessionTimeoutMs: SESSION } as const;

/** Whoever is stopped while it writes holds the lock, and nobody can take its place. That is rare, but not in a thousand runs. */
async function stopBetweenTransactions(child: Child, transport: Transport): Promise<void> {
  for (;;) {
    child.kill('SIGSTOP');
    const probe = transport.append({ topic: 'probe', partition: 0 }, [textRecord('x')], { timeoutMs: 500 });
    const written = await probe.then(
      () => true,
      () => false,
    );
    if (written) return;
    child.kill('SIGCONT');
  }
}

it('loses nothing acknowledged when a writer is killed in the middle, again and again', async () => {
  const directory = testDirectory();
  const transport = openTransport({ directory });
  await transport.topics.create([{ name: 't', partitions: 3, cleanup: 'delete' }]);
  for (let round = 1; round <= 4; round++) {
    const [victim, bystander] = await Promise.all([Child.start(directory), Child.start(directory)]);
    for (const child of [victim, bystander]) child.tell({ do: 'flood', topic: 't', partitions: 3 });
    for (const child of [victim, bystander]) {
      await child.until('much is acknowledged', (reports) => reports.length > 30 * round);
    }
    victim.kill('SIGKILL');
    await victim.exited;
    const seen = bystander.reports.length;
    await bystander.until('the other one goes on', (reports) => reports.length > seen + 20);
    bystander.kill('SIGKILL');
    await bystander.exited;

    const stored = await Promise.all([0, 1, 2].map((partition) => readAll(transport, 't', partition)));
    for (const report of [...victim.reports, ...bystander.reports]) {
      if (report.kind !== 'acknowledged') continue;
      const { partition, baseOffset, values } = report;
      expect(stored[partition]!.slice(baseOffset, baseOffset + values.length)).toEqual(values);
    }
    const { length } = stored.flat();
    expect((await transport.topics.offsets('t')).map(({ end }) => end).reduce((sum, end) => sum + end)).toBe(
      length,
    );
  }
});

it('delivers across processes, each record to one member of the group', async () => {
  const directory = testDirectory();
  const [writer, one, other] = await Promise.all([1, 2, 3].map(() => Child.start(directory)));
  await writer!.ask({ do: 'create', topic: 't', partitions: 4 });
  one!.tell(consume);
  await one!.untilHeld([0, 1, 2, 3]);
  other!.tell(consume);
  await other!.until('each has its share', () => one!.held.length === 2 && other!.held.length === 2);
  for (let partition = 0; partition < 4; partition++) {
    await writer!.ask({
      do: 'append',
      topic: 't',
      partition,
      values: [`${partition} first`, `${partition} second`],
    });
  }
  await other!.until('all arrived', () => one!.values.length + other!.values.length === 8);
  const expected = [one!, other!].map(({ held }) =>
    held.flatMap((partition) => [`${partition} first`, `${partition} second`]),
  );
  expect([one!.values.toSorted(), other!.values.toSorted()]).toEqual(expected);
});

it('gives the partitions of a killed process to another, from its last commit', async () => {
  const directory = testDirectory();
  const transport = openTransport({ directory });
  await transport.topics.create([{ name: 't', partitions: 2, cleanup: 'delete' }]);
  const [victim, heir] = await Promise.all([Child.start(directory), Child.start(directory)]);
  victim.tell(consume);
  await victim.untilHeld([0, 1]);
  heir.tell(consume);
  await heir.until('each has one', () => victim.held.length === 1 && heir.held.length === 1);
  const [partition] = victim.held;
  await append(transport, 't', partition!, 'a', 'b', 'c');
  await victim.until('they arrive', () => victim.values.length === 3);
  expect(
    await victim.ask({ do: 'commit', topic: 't', partition: partition!, offset: 2, metadata: 'm' }),
  ).toEqual({ kind: 'done' });
  victim.kill('SIGKILL');
  await heir.untilHeld([0, 1]);
  await heir.until('the rest arrives', () => heir.values.includes('c'));
  expect(heir.values).toEqual(['c']);
});

it('tells a process that was stopped for longer than its session before it delivers or commits anything', async () => {
  const directory = testDirectory();
  const transport = openTransport({ directory });
  const partitions = { t: 2, probe: 1 };
  for (const [name, count] of Object.entries(partitions)) {
    await transport.topics.create([{ name, partitions: count, cleanup: 'delete' }]);
  }
  const [sleeper, heir] = await Promise.all([Child.start(directory), Child.start(directory)]);
  sleeper.tell(consume);
  await sleeper.untilHeld([0, 1]);
  await append(transport, 't', 0, 'before');
  await sleeper.until('it arrives', () => sleeper.values.length === 1);

  await stopBetweenTransactions(sleeper, transport);
  heir.tell(consume);
  await heir.untilHeld([0, 1]);
  await append(transport, 't', 0, 'meanwhile');
  await heir.until('the heir handles it', () => heir.values.includes('meanwhile'));
  expect(await heir.ask({ do: 'commit', topic: 't', partition: 0, offset: 2, metadata: 'heir' })).toEqual({
    kind: 'done',
  });

  const slept = sleeper.reports.length;
  // Both wait for it when it wakes, the command first.
  const refused = sleeper.ask({ do: 'commit', topic: 't', partition: 0, offset: 1, metadata: 'zombie' });
  sleeper.kill('SIGCONT');
  expect(await refused).toMatchObject({ kind: 'refused', code: 'TRAMLINE_STALE_COMMIT' });
  await sleeper.until('it is told', (reports) => reports.some(({ kind }) => kind === 'lost'));
  const awake = sleeper.reports.slice(slept).map(({ kind }) => kind);
  expect(awake.slice(0, awake.indexOf('lost'))).not.toContain('records');
  expect(sleeper.values).toEqual(['before']);
  expect(await transport.groups.committed('g', ['t'])).toEqual([
    { topic: 't', partition: 0, offset: 2, metadata: 'heir' },
  ]);
  await sleeper.until('it works again', () => sleeper.held.length === 1 && heir.held.length === 1);
});

it('ends by itself after close, and leaves at once what it had to others', async () => {
  const directory = testDirectory();
  const [first, second] = await Promise.all([Child.start(directory), Child.start(directory)]);
  await first.ask({ do: 'create', topic: 't', partitions: 2 });
  first.tell(consume);
  await first.untilHeld([0, 1]);
  second.tell(consume);
  await second.until('each has one', () => first.held.length === 1 && second.held.length === 1);
  await first.ask({ do: 'close' });
  expect(await first.exited).toBe(0);
  await second.untilHeld([0, 1]);
});
