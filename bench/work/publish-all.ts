import type { EventBus, Receipt } from '@tramline/core';
import { Order, orderOf } from './order.ts';

/** Orders by their numbers: `from` up to but not including `to`. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Publishes orders from `callers` at once, each of which awaits its receipt before it publishes the next one. */
export async function publishAll(
  bus: EventBus,
  { from, to }: Stretch,
  callers: number,
  published?: (number: number, receipt: Receipt) => void,
): Promise<void> {
  let next = from;
  const call = async () => {
    while (next < to) {
      const number = next++;
      const receipt = await bus.publish(Order, orderOf(number));
      published?.(number, receipt);
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
}
