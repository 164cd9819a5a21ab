import { EventContext } from '@tramline/core';
import { EMPTY, Observable, of, throwError } from 'rxjs';
import { expect, it } from 'vitest';
import { settle } from './observable.js';

it('waits for the end of an Observable, also of one that a promise brings', async () => {
  await expect(settle(of(1, 2))).resolves.toBeUndefined();
  await expect(settle(EMPTY)).resolves.toBeUndefined();
  await expect(settle(Promise.resolve(throwError(() => new Error('no'))))).rejects.toThrow('no');
  expect(settle('text')).toBe('text');
});

it('unsubscribes from one that goes on when the attempt is over', async () => {
  let subscribed = false;
  const endless = new Observable<number>(() => {
    subscribed = true;
    return () => (subscribed = false);
  });
  const origin = { topic: 't', partition: 0, offset: 0, timestamp: 0 };
  const envelope = { id: 'e' } as ConstructorParameters<typeof EventContext>[0];
  const context = new EventContext(envelope, origin, 'handler', 'group', 1);
  const waiting = EventContext.run(context, () => settle(endless));
  expect(subscribed).toBe(true);
  context.abort(new Error('too late'));
  await expect(waiting).rejects.toThrow('too late');
  expect(subscribed).toBe(false);
});
