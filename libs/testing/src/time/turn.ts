// Taken when this module loads: a test framework's fake timers, installed later, must not stop virtual time.
const { setImmediate } = globalThis;

/** One turn of the event loop. Every promise reaction and `nextTick` that is ready now, and all they lead to, runs first. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
