import { EventContext } from '@tramline/core';
import { isObservable, type Observable } from 'rxjs';

/**
 * Subscribes to an Observable and waits for its end; anything else is given back. One that completes empty is a success; one
 * that goes on when the attempt is over is unsubscribed.
 */
export function settle(result: unknown): unknown {
  if (isObservable(result)) return ended(result);
  // An async method may resolve with an Observable. What is not a promise is over already, and costs no promise here.
  return result instanceof Promise ? result.then(settleResolved) : result;
}

function settleResolved(value: unknown): unknown {
  return isObservable(value) ? ended(value) : value;
}

function ended(observable: Observable<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const subscription = observable.subscribe({ error: reject, complete: resolve });
    if (subscription.closed) return;
    EventContext.current()?.signal.addEventListener('abort', ({ target }) => {
      subscription.unsubscribe();
      reject((target as AbortSignal).reason as Error);
    });
  });
}
