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

/**
 * The account and number of an order from its JSON, without parsing the rest: what a consumer that leaves the bytes as they
 * are needs, so that its arrivals can be checked all the same.
 */
export function orderIn(json: Uint8Array): Pick<Order, 'account' | 'number'> {
  return {
    account: digitsAt(json, BEFORE_ACCOUNT),
    number: digitsAt(json, json.indexOf(COMMA) + BEFORE_NUMBER),
  };
}

const COMMA = 0x2c;
const ZERO = 0x30;
const BEFORE_ACCOUNT = '{"account":'.length;
const BEFORE_NUMBER = ',"number":'.length;

function digitsAt(json: Uint8Array, from: number): number {
  let value = 0;
  for (let at = from; ; at++) {
    const digit = json[at]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) return value;
    value = value * 10 + digit;
  }
}
