import { setTimeout as sleep } from 'node:timers/promises';
import { oneMillisecond, type Consuming } from './consuming.ts';
import type { Order } from './order.ts';

/** What the handler of a Nest application does with each order after it was seen, or, with `millisecond`, before. */
export type NestHandler = 'nothing' | 'millisecond' | 'slow-account';

/** What a Nest application reads, and how. */
export interface NestWork extends Consuming {
  readonly handler: NestHandler;
  /** Whether payloads become instances of a class with rules that are checked; else they are plain objects. */
  readonly validated: boolean;
  /** Of the Kafka transport of `@nestjs/microservices`. Default: its own, which is 1. */
  readonly partitionsConsumedConcurrently?: number;
}

/** The account whose orders are slow. */
export const SLOW_ACCOUNT = 0;
const SLOW_MS = 100;

type Saw = (order: Order) => void;

/** What the handler's method does, the same on all sides. */
export const handlers: Readonly<Record<NestHandler, (saw: Saw) => (order: Order) => unknown>> = {
  nothing: (saw) => saw,
  millisecond: (saw) => async (order) => {
    await oneMillisecond();
    saw(order);
  },
  'slow-account': (saw) => async (order) => {
    saw(order);
    if (order.account === SLOW_ACCOUNT) await sleep(SLOW_MS);
  },
};
