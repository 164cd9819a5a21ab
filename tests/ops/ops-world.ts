import { randomUUID } from 'node:crypto';
import {
  defineEvent,
  NonRetryableError,
  silentLog,
  Tramline,
  type EventContext,
  type HandlerDefinition,
  type TramlineOptions,
  type TransportProvider,
} from '@tramline/core';
import { openOps, type DeadLetters, type ListedLetter, type Ops, type OpsOptions } from '@tramline/core/ops';
import { until } from '../kafka/support/until.ts';

export interface Order {
  readonly id: string;
  readonly n: number;
}

const Placed = defineEvent<Order>('order.placed', { key: 'id' });

/** One run of a handler. */
export interface Seen {
  readonly handler: string;
  readonly n: number;
  readonly context: EventContext;
}

/** Services and operators of one test on one transport, under a namespace that no other test uses. */
export class OpsWorld {
  readonly namespace = `o${randomUUID().slice(0, 8)}`;
  readonly seen: Seen[] = [];
  /** While it is true, handlers made by {@link failing} fail for good. */
  broken = true;
  private readonly provider: TransportProvider;
  private readonly open = new Set<{ close(): Promise<unknown> }>();

  constructor(provider: TransportProvider) {
    this.provider = provider;
  }

  ops(options: Partial<OpsOptions> = {}): Ops {
    const ops = openOps({
      transport: this.provider,
      namespace: this.namespace,
      contracts: [Placed],
      ...options,
    });
    this.open.add(ops);
    return ops;
  }

  /** A service `shop` that has its share of everything. */
  async started(
    handlers: readonly HandlerDefinition[],
    options: Partial<TramlineOptions> = {},
  ): Promise<Tramline> {
    const { consumer, ...others } = options;
    const bus = new Tramline({
      service: 'shop',
      namespace: this.namespace,
      transport: this.provider,
      contracts: [Placed],
      log: silentLog,
      handlers,
      topics: { partitions: 2 },
      consumer: { sessionTimeout: '3s', drainTimeout: '1s', ...consumer },
      ...others,
    });
    this.open.add(bus);
    await bus.start();
    await until('the service has its share', () => bus.health().ready);
    return bus;
  }

  async stop(bus: { close(): Promise<unknown> }): Promise<void> {
    this.open.delete(bus);
    await bus.close();
  }

  handler(id: string, work: (order: Order) => unknown = () => {}): HandlerDefinition {
    return {
      id,
      events: [Placed],
      run: (order: Order, context: EventContext) => {
        this.seen.push({ handler: id, n: order.n, context });
        return work(order);
      },
    };
  }

  /** A handler whose events are dead letters at once, while the world is broken. */
  failing(id: string): HandlerDefinition {
    return this.handler(id, () => {
      if (this.broken) throw new NonRetryableError('the bank is closed');
    });
  }

  runs(handler: string): number[] {
    return this.seen.filter((one) => one.handler === handler).map(({ n }) => n);
  }

  async publish(bus: Tramline, from: number, to: number): Promise<void> {
    const numbers = Array.from({ length: to - from }, (_, index) => from + index);
    await Promise.all(numbers.map((n) => bus.events.publish(Placed, { id: `k${n % 5}`, n })));
  }

  /** Waits until this many letters wait for a decision. */
  async letters(letters: DeadLetters, count: number): Promise<ListedLetter[]> {
    let found: ListedLetter[] = [];
    await until(`there are ${count} letters`, async () => {
      found = await all(letters.list());
      return found.length === count;
    });
    return found;
  }

  async close(): Promise<void> {
    await Promise.all([...this.open].map((one) => one.close()));
  }
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

export const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);

export const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index);
