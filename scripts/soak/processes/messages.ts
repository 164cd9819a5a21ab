import type { Places } from '../places.ts';

/** To the service: the numbers of the users that it shall register. */
export interface Order {
  readonly register: readonly number[];
}

/** From a process to the soak. */
export type News =
  | { readonly kind: 'ready' }
  /** A number is settled: the user is there, or was taken back on purpose. */
  | { readonly kind: 'settled'; readonly number: number }
  /** A transaction failed that was not to fail; it is tried again. */
  | { readonly kind: 'tried-again'; readonly reason: string }
  /** The inbox knew an event that came again. */
  | { readonly kind: 'known' };

/** What this process was told at its start. */
export function placesGiven(): Places {
  return JSON.parse(process.argv[2]!) as Places;
}

export function tell(news: News): void {
  // The soak may have ended meanwhile; then nobody needs to know.
  if (process.connected) process.send!(news);
}

/** Runs `stop` when the soak lets go of this process, and ends it then. */
export function untilLetGo(stop: () => Promise<void>): void {
  process.once('disconnect', () => void stop().then(() => process.exit(0)));
}
