import { CliError, EXIT } from './exit.js';

/**
 * How long broker or database may take to answer at all, milliseconds: nobody waits longer than 5 s, the start of Node included,
 * to learn of a slip in an address. Transports try a little less long, and then say why; this is for addresses where nobody
 * answers anything.
 */
const PATIENCE_MS = 4_700;

/**
 * Waits for the first thing that is asked of a broker or a database.
 * @param who - for the message: `The database of the outbox`
 * @throws CliError (exit 3) when it takes too long; the signal's reason
 */
export async function inTime<T>(work: Promise<T>, who: string, signal: AbortSignal): Promise<T> {
  let late: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const message = `${who} did not answer in time. Check its address, and that it runs.`;
    late = setTimeout(() => reject(new CliError('TRAMLINE_AWAY', message, EXIT.unreachable)), PATIENCE_MS);
  });
  try {
    return await orInterrupted(Promise.race([work, tooLate]), signal);
  } finally {
    clearTimeout(late);
  }
}

/** @throws the signal's reason, as soon as it is aborted; what `work` still does is of no interest then */
export async function orInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined);
  let interrupt: (() => void) | undefined;
  const end = new Promise<never>((_, reject) => {
    interrupt = () => reject(signal.reason as Error);
    signal.addEventListener('abort', interrupt, { once: true });
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    signal.removeEventListener('abort', interrupt!);
  }
}
