import { EventContract } from '@tramline/core';

/** The event that is moved: 400 bytes of JSON, more or less. */
export class Order {
  /** The key: 0 to {@link ACCOUNTS} - 1, in turn. */
  account!: number;
  /** Counts from 0, each one once. */
  number!: number;
  /** When it was published, on the monotonic clock. */
  at!: number;
  note!: string;
}
// As `@EventContract(…)` above the class would do; Node runs this file as it is, and knows no decorators.
EventContract('bench.order', { key: 'account' })(Order);

export const ORDER_TOPIC = 'bench.order';
export const ACCOUNTS = 100;

const NOTE = 'lorem ipsum '.repeat(28);

export function orderOf(number: number, at = 0): Order {
  return { account: number % ACCOUNTS, number, at, note: NOTE };
}
