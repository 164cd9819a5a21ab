import {
  defineEvent,
  Tramline,
  type Duration,
  type HandlerDefinition,
  type Log,
  type Observation,
  type OutboxProvider,
  type OutboxPublishOptions,
  type TramlineOptions,
} from '@tramline/core';
import type { OutboxBackend } from '@tramline/core/outbox';
import { MemoryBroker, SeededRandom, VirtualClock, memory } from '@tramline/testing';
import { ModelDatabase, type ModelStore, type ModelTransaction } from '@tramline/testing/outbox';
import { onTestFinished } from 'vitest';
import type { OutboxOptions } from '../backend/options.js';
import { provide } from '../backend/provide.js';

export interface Payload {
  readonly k: string | null;
  readonly n: number;
  readonly text?: string;
}

/** Accepts everything. */
const schema = {
  '~standard': { version: 1, vendor: 'spec', validate: (value: unknown) => ({ value: value as Payload }) },
} as const;

export const Counted = defineEvent('counted', { key: (event: Payload) => event.k, schema });
export const Other = defineEvent('other', { key: (event: Payload) => event.k, schema });

export interface Process {
  readonly bus: Tramline;
  readonly store: ModelStore;
  readonly backend: OutboxBackend<ModelTransaction>;
  readonly seen: Observation[];
  readonly lines: string[];
  /** Publishes in a transaction of its own. */
  readonly put: (event: Payload, options?: OutboxPublishOptions) => Promise<void>;
}

export interface ProcessOptions extends Partial<TramlineOptions> {
  readonly outboxOptions?: OutboxOptions;
  readonly handlers?: readonly HandlerDefinition[];
}

/** A model database, a memory broker and virtual time, with any number of processes. */
export function modelWorld({ partitions = 3 }: { readonly partitions?: number } = {}) {
  const clock = new VirtualClock();
  const broker = new MemoryBroker({ clock, partitions });
  const database = new ModelDatabase({ clock });
  const processes: Process[] = [];
  let seed = 0;

  function open({ outboxOptions, ...options }: ProcessOptions = {}): Process {
    const lines: string[] = [];
    const line = (text: string) => void lines.push(text);
    const log: Log = { debug: () => undefined, info: line, warn: line, error: line };
    const store = database.open();
    const provider = provide<ModelTransaction>(
      'model',
      () => ({ store, migrate: () => Promise.resolve({ applied: [], version: 1 }) }),
      outboxOptions,
    );
    let backend!: OutboxBackend<ModelTransaction>;
    const outbox: OutboxProvider = {
      name: 'model',
      open: (environment) => (backend = provider.open(environment)),
    };
    const random = new SeededRandom(++seed);
    const bus = new Tramline({
      ...{ service: 'spec', transport: memory({ broker }), clock, random, log, outbox },
      ...{ contracts: [Counted, Other], topics: { topology: 'create', partitions } },
      ...options,
    });
    const seen: Observation[] = [];
    bus.observations.observe((observation) => seen.push(observation));
    const process: Process = {
      ...{ bus, store, backend, seen, lines },
      put: (event, how) =>
        bus.outbox.transaction(async (tx) => void (await bus.outbox.publish(tx, Counted, event, how))),
    };
    processes.push(process);
    return process;
  }

  const world = {
    ...{ clock, broker, database, open, processes },
    /** Opens a process and starts it. */
    async start(options?: ProcessOptions): Promise<Process> {
      const process = open(options);
      await process.bus.start();
      return process;
    },
    /** What lies in the topic, by partition, then offset. */
    log: (topic = 'counted'): Payload[] =>
      broker.topics.includes(topic)
        ? broker.records(topic).map(({ value }) => JSON.parse(new TextDecoder().decode(value!)) as Payload)
        : [],
    /** The numbers of one key as they appeared first. */
    order: (key: string): number[] => [...new Set(world.log().flatMap(({ k, n }) => (k === key ? [n] : [])))],
    /** Lets time pass until no row waits. */
    drained: (limit: Duration = '1h') => clock.runUntil(() => pendingRows(database) === 0, limit),
  };

  onTestFinished(async () => {
    broker.setAway(false);
    broker.clearFaults();
    database.setAway(false);
    database.clearFaults();
    const closing = Promise.all(processes.map(({ bus }) => bus.close()));
    let closed = false;
    void closing.then(() => (closed = true));
    await clock.runUntil(() => closed, '10m');
    await clock.settle();
    if (clock.pending > 0) throw new Error(`${clock.pending} timers are left after close().`);
  });
  return world;
}

export function pendingRows(database: ModelDatabase): number {
  return database.rows.filter(({ state }) => state === 'pending').length;
}
