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
