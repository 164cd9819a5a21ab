import { asError, sleep, type Clock, type Random, type TopicPartition } from '@tramline/core';
import type { OutboxRow, OutboxEnvironment } from '@tramline/core/outbox';
import { backoffMs } from './settings.js';
import { verdictOn, type Verdict } from './verdict.js';

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;

/** How a flight ended. */
export type Landing = { readonly verdict: 'landed' } | { readonly verdict: Verdict; readonly error: Error };

/**
 * One batch on its way into one partition. What may succeed later is tried again until `deadlineMs` have passed, and every
 * try carries the identical records, since an earlier one may have written them. Never rejects.
 */
export async function fly(
  target: TopicPartition,
  rows: readonly OutboxRow[],
  deadlineMs: number,
  ports: Pick<OutboxEnvironment, 'transport'> & { readonly clock: Clock; readonly random: Random },
): Promise<Landing> {
  const { transport, clock, random } = ports;
  const records = rows.map(({ record }) => record);
  const deadline = clock.monotonic() + deadlineMs;
  for (let tries = 1; ; tries++) {
    try {
      await transport.append(target, records, { timeoutMs: deadline - clock.monotonic() });
      return { verdict: 'landed' };
    } catch (thrown) {
      const error = asError(thrown);
      const verdict = verdictOn(error);
      const wait = backoffMs(tries, FIRST_WAIT_MS, LONGEST_WAIT_MS, random.next());
      if (verdict !== 'away' || clock.monotonic() + wait >= deadline) return { verdict, error };
      await sleep(clock, wait);
      // The process may have stood still meanwhile, and the rows be another relay's by now.
      if (clock.monotonic() >= deadline) return { verdict, error };
    }
  }
}
