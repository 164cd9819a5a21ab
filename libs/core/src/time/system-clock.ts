import type { Clock, Timer } from './clock.js';

/** The longest delay that setTimeout holds; anything longer would fire at once. */
const LONGEST = 2 ** 31 - 1;

/** The operating system's time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(delayMs, fire, hold = false): Timer {
    let handle: NodeJS.Timeout;
    const arm = (left: number) => {
      const step = Math.min(left, LONGEST);
      handle = setTimeout(() => (left > step ? arm(left - step) : fire()), step);
      if (!hold) handle.unref();
    };
    arm(Math.max(0, delayMs));
    return { cancel: () => clearTimeout(handle) };
  },
};
