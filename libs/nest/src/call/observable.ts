import { isObservable, lastValueFrom, type Observable } from 'rxjs';

/** Subscribes to an Observable and waits for its end; anything else is given back. One that completes empty is a success. */
export function settle(result: unknown): unknown {
  if (isObservable(result)) return ended(result);
  // An async method may resolve with an Observable. What is not a promise is over already, and costs no promise here.
  return result instanceof Promise ? result.then(settleResolved) : result;
}

function settleResolved(value: unknown): unknown {
  return isObservable(value) ? ended(value) : value;
}

function ended(observable: Observable<unknown>): Promise<unknown> {
  return lastValueFrom(observable, { defaultValue: undefined });
}
