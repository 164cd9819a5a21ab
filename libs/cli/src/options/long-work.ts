import type { Session } from '../session.js';

/** How a program is told that long work was ended by Ctrl-C, after what it did was told. */
export function ended(session: Session, stopped: boolean): void {
  if (stopped) session.signal.throwIfAborted();
}

/** Who does it, for the record: the user of this machine unless said otherwise. */
export function actorOf({ env }: Session, given: string | undefined): string {
  return given ?? env.variables['USER'] ?? env.variables['USERNAME'] ?? 'operator';
}

/** `1 letter`, `2,345 letters`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

/** A time for people. */
export function timeText(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** Long work behind a bar. `work` tells how far it is; what it answers is answered when the bar is gone. */
export async function behindBar<T>(
  { output }: Session,
  what: string,
  total: number,
  work: (tell: (done: number) => void) => Promise<T>,
): Promise<T> {
  const bar = output.progress(what);
  let drawing = Promise.resolve();
  const tell = (done: number) => {
    const before = drawing;
    drawing = (async () => {
      await before;
      await bar.update(done, total);
    })();
    // Awaited below, with what the work says; until then it is nobody's.
    drawing.catch(() => undefined);
  };
  try {
    const result = await work(tell);
    await drawing;
    return result;
  } finally {
    await bar.end();
  }
}
