import type { Benchmark } from './benchmark.ts';
import { compare, type Side } from './run/compare.ts';
import { rowOf } from './run/row.ts';
import type { Workspace } from './run/workspace.ts';
import type { Arrived } from './processes/tramline-consumer.ts';
import { openQueue } from './processes/queue-table.ts';
import { refuse } from './work/arrivals.ts';

const GOAL = 5;
const CALLERS = 100;

/**
 * From `publish` in one process through log and group to a handler of a Nest application in another, beside a queue table
 * in SQLite with one row per transaction, also from one process to another.
 */
export const embeddedQueue: Benchmark = {
  name: 'embedded-queue',
  async run({ rounds, workspace, progress }) {
    const ours = sideOf(workspace, `${CALLERS} callers to a Nest handler`, 'tramline', 60_000);
    const theirs = sideOf(workspace, 'queue table', 'queue', 6_000);
    const { ratios, rates } = await compare(ours, theirs, rounds, progress);
    const how = 'two processes each, synchronous=FULL, both write headers and JSON, neither validates';
    return [rowOf('embedded-queue', ratios, GOAL, `${rates}; ${how}`)];
  },
};

/** New processes and a new log every time; a tenth of the events go ahead, uncounted, so that the code is compiled. */
function sideOf(workspace: Workspace, name: string, program: 'tramline' | 'queue', events: number): Side {
  const warmUp = events / 10;
  return {
    name,
    async measure() {
      const directory = workspace.directory();
      // By one process alone: SQLite refuses at once whoever comes while a new file is turned into WAL mode.
      if (program === 'queue') openQueue(directory).close();
      const consumer = workspace.start(`${program}-consumer.ts`, { directory, total: events });
      const producer = workspace.start(`${program}-producer.ts`, { directory });
      try {
        await Promise.all([consumer.ask('ready'), producer.ask('ready')]);
        const move = async (from: number, to: number) => {
          const [startedAt, { at }] = await Promise.all([
            producer.ask<number>('publish', { from, to, callers: CALLERS }),
            consumer.ask<Arrived>('arrived', to),
          ]);
          return at - startedAt;
        };
        await move(0, warmUp);
        const ms = await move(warmUp, events);
        await producer.stop();
        refuse(`embedded-queue, ${name}`, await consumer.stop());
        return ((events - warmUp) / ms) * 1_000;
      } finally {
        await workspace.clean();
      }
    },
  };
}
