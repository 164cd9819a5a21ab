/**
 * Resolves when everything that was about to run without waiting (the rest of the caller, promise callbacks however deep) has
 * run, and before the event loop turns to timers and sockets. Asked from a promise callback, `nextTick` comes after all
 * others; asked from elsewhere it would come first, hence both.
 */
export function endOfTurn(): Promise<void> {
  return new Promise((resolve) => queueMicrotask(() => process.nextTick(resolve)));
}
