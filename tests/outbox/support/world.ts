import {
  defineEvent,
  Tramline,
  type EventContext,
  type HandlerDefinition,
  type Log,
  type Observation,
  type OutboxProvider,
  type TramlineOptions,
} from '@tramline/core';
import type { OutboxOptions } from '@tramline/outbox';
import { memory, MemoryBroker } from '@tramline/testing';
import { until } from '../../sample/support/until.ts';
import type { OutboxDatabase } from './outbox-database.ts';

export interface Payload {
  readonly key: string | null;
  readonly n: number;
  readonly text?: string;
}

export const Counted = defineEvent<Payload>('spec.counted', { key: ({ key }: Payload) => key });

/** A process of a service, and what it said. */
export interface Service {
  readonly bus: Tramline;
  readonly lines: string[];
  readonly seen: Observation[];
  /** Publishes in a transaction of its own. */
  readonly put: (...events: Payload[]) => Promise<void>;
}

export interface ServiceOptions extends Partial<Omit<TramlineOptions, 'outbox'>> {
  readonly outbox?: OutboxOptions;
  /** In place of the database's own. */
  readonly provider?: OutboxProvider;
  readonly withoutOutbox?: boolean;
}

/** A real database, a broker in memory, real time, and services that go when the test does. */
export class World<Database extends OutboxDatabase = OutboxDatabase> {
  readonly broker: MemoryBroker;
  readonly database: Database;
  private readonly services: Service[] = [];

  constructor(database: Database, partitions = 3) {
    this.database = database;
    this.broker = new MemoryBroker({ partitions });
  }

  /** A service that was not started. */
  open({ outbox, provider, withoutOutbox, ...options }: ServiceOptions = {}): Service {
    const lines: string[] = [];
    const line = (text: string) => void lines.push(text);
    const log: Log = { debug: () => undefined, info: line, warn: line, error: line };
    const bus = new Tramline({
      ...{ service: 'spec', transport: memory({ broker: this.broker }), log },
      ...{ contracts: [Counted], topics: { topology: 'create', partitions: 3 } },
      ...(!withoutOutbox && { outbox: provider ?? this.database.provider(outbox) }),
      ...options,
    });
    const seen: Observation[] = [];
    bus.observations.observe((observation) => seen.push(observation));
    const put = (...events: Payload[]) =>
      bus.outbox.transaction(async (tx) => {
        await bus.outbox.publishAll(
          tx,
          events.map((event) => [Counted, event] as const),
        );
      });
    const service = { bus, lines, seen, put };
    this.services.push(service);
    return service;
  }

  async start(options?: ServiceOptions): Promise<Service> {
    const service = this.open(options);
    await service.bus.start();
    return service;
  }

  /** One that handles events of the test. */
  async handling(
    run: (event: Payload, context: EventContext) => unknown,
    options: ServiceOptions & { readonly handler?: Partial<HandlerDefinition> } = {},
  ): Promise<Service> {
    const { handler, ...others } = options;
    const definition = { id: 'count', events: [Counted], once: true, run, ...handler } as HandlerDefinition;
    const service = await this.start({ handlers: [definition], ...others });
    await until('the group has its share', () => service.bus.health().ready);
    return service;
  }

  /** What lies in the topic. */
  log(topic = 'spec.counted'): Payload[] {
    if (!this.broker.topics.includes(topic)) return [];
    return this.broker
      .records(topic)
      .map(({ value }) => JSON.parse(new TextDecoder().decode(value!)) as Payload);
  }

  /** The numbers of one key as they appeared first. */
  order(key: string): number[] {
    return this.orders().get(key) ?? [];
  }

  /** The same for every key. */
  orders(): ReadonlyMap<string | null, number[]> {
    const orders = new Map<string | null, Set<number>>();
    for (const { key, n } of this.log()) orders.set(key, (orders.get(key) ?? new Set()).add(n));
    return new Map([...orders].map(([key, seen]) => [key, [...seen]]));
  }

  /** Waits until so many different events lie in the topic. */
  arrived(count: number, within?: number): Promise<boolean> {
    const different = () => new Set(this.log().map(({ key, n }) => `${key} ${n}`)).size;
    return until(`${count} events, where there are ${different()}`, () => different() === count, within);
  }

  until(what: string, ask: () => boolean | Promise<boolean>): Promise<boolean> {
    return until(what, ask);
  }

  /** Waits until no row is left in the outbox. */
  drained({ outbox }: Tramline, within = 100_000): Promise<boolean> {
    return until('an empty outbox', async () => (await outbox.status()).backlog === 0, within);
  }

  async close(): Promise<void> {
    this.broker.setAway(false);
    this.broker.clearFaults();
    await Promise.all(this.services.map(({ bus }) => bus.close()));
    await this.database.close();
  }
}
