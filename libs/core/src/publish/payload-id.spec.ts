import { memory } from '@tramline/testing';
import { defineEvent, PayloadError, Tramline } from '@tramline/core';
import { expect, it } from 'vitest';

it('a payload that is refused keeps the id, and says that nothing was written', async () => {
  const Paid = defineEvent<{ amount: bigint }>('order.paid', { key: null });
  const bus = new Tramline({ service: 'shop', transport: memory() });
  const error: unknown = await bus.events
    .publish(Paid, { amount: 1n }, { id: 'mine' })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(PayloadError);
  expect(error).toMatchObject({ eventId: 'mine', outcome: 'not-written', faults: [{ path: 'amount' }] });
  await bus.close();
});
