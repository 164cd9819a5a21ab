import type { EventBus, EventRef, Receipt } from '@tramline/core';
import { Order, orderOf } from './order.ts';

/** Orders by their numbers: `from` up to but not including `to`. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Publishes orders from `callers` at once, each of which awaits its receipt before it publishes the next one. */
export async function publishAll(
  bus: EventBus,
  stretch: Stretch,
  callers: number,
  published?: (number: number, receipt: Receipt) => void,
  contract: EventRef = Order,
): Promise<void> {
  await callAll(stretch, callers, async (number) => {
    const receipt = await bus.publish(contract, orderOf(number));
    published?.(number, receipt);
  });
}

/** `callers` at once, each of which takes the next number when it is done with the last. */
export async function callAll(
  { from, to }: Stretch,
  callers: number,
  send: (number: number) => Promise<unknown>,
): Promise<void> {
  let next = from;
  const call = async () => {
    while (next < to) await send(next++);
  };
  await Promise.all(Array.from({ length: callers }, call));
}
