import type { Receipt } from '@tramline/core/ops';
import { ClosedPipeError } from '../../env.js';
import { CliError, reportOf } from '../../exit.js';
import { count } from '../../output/progress.js';
import type { PublishWork } from './check.js';
import type { Line } from './lines.js';
import { payloadOf } from './payload.js';

/** Events that are under way together, at most. Enough to fill the micro-batches of the bus. */
const STEP_EVENTS = 1_000;
const STEP_BYTES = 4 * 1024 * 1024;

type Sent = Receipt & { readonly line: number };

/**
 * Sends payloads that were checked, in their order, step by step; receipts are told as they come. Ends after the step in which
 * one failed, or Ctrl-C came, and says where to go on. @returns how many were sent
 */
export async function sendAll(work: PublishWork & { readonly total: number }): Promise<number> {
  const { session, input, first, total } = work;
  const progress = session.output.progress('Publishing');
  let sent = 0;
  try {
    for await (const step of stepsOf(input.lines(), first)) {
      if (session.signal.aborted) throw goOn(session.signal.reason, sent, total, step[0]!.number);
      sent += await sendStep(work, step, sent);
      await progress.update(sent, total);
    }
  } finally {
    await progress.end();
  }
  return sent;
}

async function* stepsOf(lines: AsyncIterable<Line>, first: number): AsyncGenerator<Line[], void, undefined> {
  let step: Line[] = [];
  let size = 0;
  for await (const line of lines) {
    if (line.number < first) continue;
    step.push(line);
    size += line.bytes.length;
    if (step.length < STEP_EVENTS && size < STEP_BYTES) continue;
    yield step;
    step = [];
    size = 0;
  }
  if (step.length > 0) yield step;
}

async function sendStep(
  { session, ops, type, options, total, input }: PublishWork & { readonly total: number },
  step: readonly Line[],
  before: number,
): Promise<number> {
  const ends = await Promise.allSettled(
    // In one turn, so that events of one key are published in the order of the lines.
    step.map(async ({ bytes }) => ops.events.publish(type, payloadOf(bytes), options)),
  );
  const faults: string[] = [];
  let failure: unknown;
  for (const [index, end] of ends.entries()) {
    const { number } = step[index]!;
    if (end.status === 'fulfilled') {
      await told(session.output.json(receiptOf(end.value, number)));
      if (!input.isLines) await told(session.output.line(placeOf(end.value)));
    } else {
      failure ??= end.reason;
      faults.push(`line ${number}: ${(end.reason as Error).message}`);
    }
  }
  if (faults.length === 0) return step.length;
  if (!input.isLines) throw failure;
  const done = before + step.length - faults.length;
  throw goOn(failure, done, total, step.at(-1)!.number + 1, faults);
}

/** A reader that goes must not hide what was sent: the signal is aborted then, and the next step says where to go on. */
async function told(writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (!(error instanceof ClosedPipeError)) throw error;
  }
}

function goOn(
  reason: unknown,
  sent: number,
  total: number,
  next: number,
  faults: readonly string[] = [],
): CliError {
  const report = reportOf(reason);
  const these = faults.length > 0 ? ' Publish the lines below again.' : '';
  return new CliError(
    (report?.code as `TRAMLINE_${string}` | undefined) ?? 'TRAMLINE_FAILED',
    `Published ${count(sent)} of ${count(total)} events, then stopped: ${report?.message ?? 'nobody reads any more.'}${these} Go on with --from-line ${next}.`,
    report?.exit,
    { cause: reason, faults },
  );
}

function receiptOf({ eventId, topic, partition, offset, timestamp }: Receipt, line: number): Sent {
  return { line, eventId, topic, partition, offset, timestamp };
}

const placeOf = ({ eventId, topic, partition, offset }: Receipt): string =>
  `Event ${eventId} lies in ${topic}/${partition} at offset ${offset}.`;
