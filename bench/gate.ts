import type { Bench, Benchmark } from './benchmark.ts';
import { consuming } from './kafka-consume.ts';
import { handling } from './kafka-handler.ts';
import { publishing } from './kafka-publish.ts';
import type { Row } from './run/row.ts';
import { runAll } from './run/run-all.ts';
import { fillPlainTopic, fillTopic } from './work/fill-topic.ts';

/** A benchmark that only looks whether something became many times slower. */
export interface Gate {
  readonly benchmark: Benchmark;
  /** Its ratio as it is, in the middle of several runs. */
  readonly usual: number;
}

const ROUNDS = 3;
/**
 * The middle, on a log scale, between what is usual and a tenth of it: a tenfold slip lies three times below, and a machine
 * that is busy with other things may take two thirds of a ratio without anybody being called.
 */
const SLACK = Math.sqrt(10);

/** Overhead beside the client that a user would take instead, with less work than the rows of the same kind. */
export const gates: readonly Gate[] = [
  {
    usual: 2,
    benchmark: publishing({
      name: 'gate-publish',
      goal: 0,
      ours: { warmUp: 3_000, events: 15_000, callers: 1_000, batch: 1 },
      theirs: { warmUp: 3_000, events: 15_000, callers: 1, batch: 1_000 },
      beside: 'kafkajs send of 1,000 messages, one after the other',
    }),
  },
  {
    usual: 25,
    benchmark: publishing({
      name: 'gate-publish-single',
      goal: 0,
      ours: { warmUp: 2_000, events: 10_000, callers: 100, batch: 1 },
      theirs: { warmUp: 200, events: 800, callers: 100, batch: 1 },
      beside: 'kafkajs send of one message each, 100 at once',
    }),
  },
  { usual: 2.5, benchmark: consuming('gate-consume', '7 headers each', fillTopic, 80_000) },
  { usual: 1.2, benchmark: consuming('gate-consume-plain', 'no headers', fillPlainTopic, 100_000) },
  {
    usual: 45,
    benchmark: handling({
      name: 'gate-handler',
      goal: 0,
      beside: '@nestjs/microservices as it comes',
      ours: 20_000,
      theirs: 400,
      settings: {},
    }),
  },
];

/**
 * Passes each gate whose median ratio is not far below the usual one. One that is not passed is tried once more: a machine that
 * was busy for some seconds is no slip. One whose own check fails, or that this machine lacks something for, is not passed.
 */
export async function gateOf(
  chosen: readonly Gate[],
  bench: Bench,
): Promise<{ readonly lines: readonly string[]; readonly passed: boolean }> {
  const lines: string[] = [];
  let passed = true;
  for (const { benchmark, usual } of chosen) {
    const floor = usual / SLACK;
    const attempt = async () => {
      const { rows } = await runAll([benchmark], { ...bench, rounds: ROUNDS });
      return rows[0];
    };
    let row = await attempt();
    if (row && row.ratio !== null && row.ratio < floor) {
      bench.progress(`${benchmark.name}: ${row.ratio} is below ${floor.toFixed(2)}, once more`);
      row = await attempt();
    }
    const ok = isPassed(row, floor);
    passed &&= ok;
    lines.push(`${ok ? 'passed' : 'FAILED'}  ${benchmark.name}: ${said(row)}, at least ${floor.toFixed(2)}`);
  }
  return { lines, passed };
}

function isPassed(row: Row | undefined, floor: number): boolean {
  return row !== undefined && row.ratio !== null && row.ratio >= floor;
}

function said(row: Row | undefined): string {
  if (!row) return 'its own check failed, see above';
  return row.ratio === null ? row.measured : `${row.ratio} (${row.measured})`;
}
