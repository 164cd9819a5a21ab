import { defineEvent, type Contract } from '@tramline/core';
import type { Order } from './order.ts';

/** What a measurement of growth moves. Names are those on the broker. */
export interface Growing {
  readonly topic: string;
  readonly group: string;
  /** Orders in the topic. */
  readonly total: number;
  /** Accounts that they are of, in turn. */
  readonly keys: number;
  /** Bytes of an order's JSON, more or less. */
  readonly bytes: number;
  /** Types of the orders, in turn; each has a handler of its own. */
  readonly types: number;
  /** Handlers of each type. */
  readonly copies: number;
  /** Events of the group that wait in its tier. */
  readonly waiting: number;
  /** Whether handlers begin only when what waits has been taken in as far as it ever is, so that this is not counted. */
  readonly settles: boolean;
}

/** What one of the two halves took. */
export interface Took {
  /** CPU of this process, all its threads, for one event: one order published, or one run of a handler. */
  readonly microseconds: number;
  /** As `Arrivals.faults`; undefined also where nothing arrives. */
  readonly faults: string | undefined;
}

/** The tier in which events wait while the benchmark lasts. */
export const TIER = '1h';

/** JSON around the note. */
const FRAME = 60;

/** The types of the orders of a topic. A topic with one type has its name, as `fillTopic` gives it. */
export function typesOf({ topic, types }: Pick<Growing, 'topic' | 'types'>): readonly Contract[] {
  if (types === 1) return [defineEvent<Order>(topic, { key: 'account' })];
  return Array.from({ length: types }, (_, index) =>
    defineEvent<Order>(`${topic}.${index}`, { key: 'account', topic }),
  );
}

/** Makes a topic's orders. Their notes are one text, which costs nothing to make. */
export function ordersOf({ keys, bytes }: Pick<Growing, 'keys' | 'bytes'>): (number: number) => Order {
  const note = 'lorem ipsum '.repeat(Math.ceil(bytes / 12)).slice(0, Math.max(0, bytes - FRAME));
  return (number) => ({ account: number % keys, number, at: 0, note });
}
