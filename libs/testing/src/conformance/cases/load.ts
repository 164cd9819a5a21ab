import assert from 'node:assert/strict';
import {
  partitionName,
  type Membership,
  type StartPosition,
  type StoredRecord,
  type Transport,
} from '@tramline/core';
import { partitionsOf, text, textRecord, type CaseContext } from '../context.js';
import type { MemberHooks, RecordingMember } from '../recording-member.js';
import type { ConformanceCase } from '../suite.js';

const DEFAULT_RECORDS = 100_000;
const PARTITIONS = 12;
const BATCH = 250;
/** A member commits when it got so many since: a killed one leaves some to be repeated. */
const COMMIT_AFTER = 1_000;

export const loadCases: readonly ConformanceCase[] = [
  {
    name: 'load: three members, of which one leaves and one is killed, get every record; only what the killed one had not committed comes twice',
    needs: ['shared', 'crash'],
    async run(context) {
      const [writer, ...readers] = ['writer', 'stays', 'leaves', 'dies'].map((id) => context.open(id));
      const topic = await context.topic(writer!, { partitions: PARTITIONS });
      const group = context.name('group');
      const total = context.setup.records ?? DEFAULT_RECORDS;
      const tally = new Tally(total);
      const members = readers.map((reader, index) =>
        context.join(reader, { group, topics: [topic] }, tally.hooks(index)),
      );
      const [stays, leaves, dies] = members as [RecordingMember, RecordingMember, RecordingMember];
      await context.until('all three hold some', () => members.every((member) => member.held.length > 0));

      // Begun from within a delivery, so that they come in the middle of the traffic, however quick it is.
      const leaving = tally.at(total / 3).then(() => leaves.close());
      const killing = tally.at((total * 2) / 3).then(() => context.crash(readers[2]!));
      const all = Promise.all([write(context, writer!, topic, total), leaving, killing]);
      // Told where it is awaited; a case that fails before must not fail twice.
      all.catch(() => undefined);
      await tally.reached(context, total);
      await context.settled('all is written, one left, one was killed', all);

      assert.deepEqual(tally.faults, []);
      const silent = new Set(
        members.flatMap((member, index) => (member === dies || member.losses.length > 0 ? [index] : [])),
      );
      const odd = tally.repeated.filter((first) => !silent.has(first));
      assert.deepEqual(odd, [], 'records came twice that no silent member had got');
      await context.settled('the last one leaves', stays.close());
      const committed = await writer!.groups.committed(group, [topic]);
      assert.equal(
        committed.reduce((sum, { offset }) => sum + offset, 0),
        total,
        'the group is at the end of every partition',
      );
    },
  },
];

/** Record `n` of the load lies in partition `n % PARTITIONS`, at offset `n / PARTITIONS`. */
async function write(
  context: CaseContext,
  transport: Transport,
  topic: string,
  total: number,
): Promise<void> {
  await Promise.all(
    partitionsOf(topic, PARTITIONS).map(async ({ partition }) => {
      for (let n = partition; n < total;) {
        const values: string[] = [];
        for (; values.length < BATCH && n < total; n += PARTITIONS) values.push(String(n));
        await context.append(transport, topic, partition, ...values.map(textRecord));
      }
    }),
  );
}

/** Who saw which record first, and what they committed. */
class Tally {
  readonly faults: string[] = [];
  /** Of each record that came again, the member that had got it first. */
  readonly repeated: number[] = [];
  readonly #firstSeenBy: Int8Array;
  readonly #awaited: { readonly count: number; readonly resolve: () => void }[] = [];
  #distinct = 0;

  constructor(total: number) {
    this.#firstSeenBy = new Int8Array(total).fill(-1);
  }

  /** A member that commits from time to time, and the rest when it gives partitions up. */
  hooks(member: number): MemberHooks {
    const next = new Map<string, StartPosition>();
    let uncommitted = 0;
    let committing = Promise.resolve();
    const commit = (membership: Membership, partitions: Iterable<string>) => {
      uncommitted = 0;
      committing = committing.then(async () => {
        const entries = [...partitions].flatMap((name) => {
          const position = next.get(name);
          return position ? [{ ...position, metadata: '' }] : [];
        });
        // Refused where the partition is gone already: whoever has it now gets those records.
        if (entries.length > 0) await membership.commit(entries).catch(() => undefined);
      });
      return committing;
    };
    return {
      // Somebody else may have gone further meanwhile.
      onAssigned: async (partitions) => partitions.forEach((one) => next.delete(partitionName(one))),
      onRecords: ({ topic, partition, records, nextOffset }, { membership, held }) => {
        next.set(partitionName({ topic, partition }), { topic, partition, offset: nextOffset });
        uncommitted += records.length;
        this.#note(records, member);
        return uncommitted < COMMIT_AFTER ? undefined : commit(membership, held);
      },
      onRevoked: (partitions, { membership }) => commit(membership, partitions.map(partitionName)),
    };
  }

  /** Resolves with the delivery that brings so many records to somebody. */
  at(count: number): Promise<void> {
    return new Promise((resolve) => this.#awaited.push({ count, resolve }));
  }

  /** Waits until so many records came to somebody; patience begins anew with every step on the way. */
  async reached(context: CaseContext, count: number): Promise<void> {
    while (this.#distinct < count) {
      const before = this.#distinct;
      await context.until(`more than ${before} of ${count} records arrive`, () => this.#distinct > before);
    }
  }

  #note(records: readonly StoredRecord[], member: number): void {
    for (const record of records) {
      const n = Number(text(record));
      const first = this.#firstSeenBy[n]!;
      if (n !== record.offset * PARTITIONS + record.partition)
        this.faults.push(`record ${n} lies at offset ${record.offset} of partition ${record.partition}`);
      if (first >= 0) this.repeated.push(first);
      else {
        this.#firstSeenBy[n] = member;
        this.#distinct++;
      }
    }
    for (const { count, resolve } of this.#awaited) if (this.#distinct >= count) resolve();
  }
}
