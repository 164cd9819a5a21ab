/** When an event was written, and when its handler was first done with it. */
export interface Handling {
  readonly partition: number;
  readonly writtenAt: number;
  readonly handledAt: number;
}

/** Milliseconds. */
export interface Pauses {
  readonly partition: number;
  readonly p99: number;
  readonly longest: number;
}

/**
 * For each partition: how long events waited while none was handled. A pause lasts from the handling before it, or from when
 * the oldest of those that wait was written if that is later, to the next handling.
 * @param handlings - of all time: those outside of the stretch tell where pauses begin
 */
export function pauses(handlings: readonly Handling[], from: number, to: number): Pauses[] {
  return [...Map.groupBy(handlings, ({ partition }) => partition)]
    .sort(([a], [b]) => a - b)
    .flatMap(([partition, all]) => {
      const lengths = ofPartition(all, from, to).sort((a, b) => a - b);
      if (lengths.length === 0) return [];
      const p99 = lengths[Math.ceil(0.99 * lengths.length) - 1]!;
      return [{ partition, p99, longest: lengths.at(-1)! }];
    });
}

function ofPartition(all: readonly Handling[], from: number, to: number): number[] {
  const inOrder = all.toSorted((a, b) => a.handledAt - b.handledAt);
  const lengths: number[] = [];
  let oldestWaiting = Infinity;
  // From the end: at each handling, those at or behind it are what waited then.
  for (let at = inOrder.length - 1; at >= 0; at--) {
    const { writtenAt, handledAt } = inOrder[at]!;
    oldestWaiting = Math.min(oldestWaiting, writtenAt);
    const began = Math.max(inOrder[at - 1]?.handledAt ?? -Infinity, oldestWaiting);
    // One that outlasts the stretch belongs to it; a repeat was written after it had been handled, and is none.
    if (handledAt >= from && began <= to && handledAt >= began) lengths.push(handledAt - began);
  }
  return lengths;
}
