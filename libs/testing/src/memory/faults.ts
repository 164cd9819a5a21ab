import { TransportError, type Outcome } from '@tramline/core';

/** What a fault can be planted in. `fetch` is the delivery to a consumer; `topics` and `groups` are the two admins. */
export type Operation = 'append' | 'commit' | 'fetch' | 'read' | 'topics' | 'groups';

/** One call, as a fault's filter sees it. What does not belong to the operation is absent. */
export interface Call {
  readonly operation: Operation;
  readonly clientId: string;
  readonly topic?: string;
  readonly partition?: number;
  readonly group?: string;
}

/** How a call goes wrong. */
export interface Fault {
  /** What the caller gets. Default: `TRAMLINE_AWAY` with `outcome`. */
  readonly error?: Error;
  /** Default: 'not-written' when nothing is applied, else 'unknown'. */
  readonly outcome?: Outcome;
  /**
   * What the broker did all the same: nothing (default), everything with the answer lost, or everything some milliseconds
   * after the caller was told that it failed.
   */
  readonly applied?: 'never' | 'now' | { readonly afterMs: number };
}

export interface FaultOptions {
  /** How many matching calls; `Infinity` until `clear`. Default 1. */
  readonly times?: number;
  /** Which calls. Default: all of the operation. */
  readonly where?: (call: Call) => boolean;
}

type Planted = { left: number; readonly operation: Operation; readonly where: (call: Call) => boolean } & (
  { readonly kind: 'fail'; readonly fault: Fault } | { readonly kind: 'duplicate' }
);

/** Faults that wait for their call. The first that matches, in order of planting, is used up. */
export class Faults {
  readonly #planted: Planted[] = [];

  fail(operation: Operation, fault: Fault, { times = 1, where = () => true }: FaultOptions): void {
    this.#planted.push({ kind: 'fail', operation, fault, left: times, where });
  }

  duplicate({ times = 1, where = () => true }: FaultOptions): void {
    this.#planted.push({ kind: 'duplicate', operation: 'append', left: times, where });
  }

  clear(): void {
    this.#planted.length = 0;
  }

  /** Planted faults that no call has met yet. */
  get waiting(): number {
    return this.#planted.length;
  }

  take(call: Call): Planted | undefined {
    const found = this.#planted.find(
      (planted) => planted.operation === call.operation && planted.where(call),
    );
    if (found && --found.left <= 0) this.#planted.splice(this.#planted.indexOf(found), 1);
    return found;
  }
}

/** The error of a planted fault. */
export function errorOf(fault: Fault, call: Call): Error {
  const outcome = fault.outcome ?? ((fault.applied ?? 'never') === 'never' ? 'not-written' : 'unknown');
  return (
    fault.error ??
    new TransportError(
      'TRAMLINE_AWAY',
      `The test made this ${call.operation} fail (MemoryBroker.failNext).`,
      { outcome },
    )
  );
}
