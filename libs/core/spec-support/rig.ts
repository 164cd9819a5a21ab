import { memory, MemoryBroker, SeededRandom, VirtualClock, type MemoryTransport } from '@tramline/testing';
import {
  defineEvent,
  Tramline,
  type Clock,
  type EventContext,
  type HandlerDefinition,
  type Log,
  type Observation,
  type StoredRecord,
  type Timer,
  type TramlineOptions,
} from '@tramline/core';

export interface Placed {
  readonly userId: string;
  readonly n: number;
}

export const Placed = defineEvent<Placed>('order.placed', { key: 'userId' });

/** One run of a handler, as the spec's handlers write it down. */
export interface Run {
  readonly handler: string;
  readonly event: Placed;
  readonly context: EventContext;
  readonly at: number;
}

/** The time of one process: it ends with the process, and so do its timers. */
class ProcessClock implements Clock {
  private readonly timers = new Set<Timer>();
  private ended = false;

  constructor(private readonly clock: Clock) {}

  now(): number {
    return this.clock.now();
  }

  monotonic(): number {
    return this.clock.monotonic();
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    if (this.ended) return { cancel: () => {} };
    const timer = this.clock.setTimer(delayMs, () => {
      this.timers.delete(timer);
      fire();
    });
    this.timers.add(timer);
    return {
      cancel: () => {
        this.timers.delete(timer);
        timer.cancel();
      },
    };
  }

  end(): void {
    this.ended = true;
    for (const timer of this.timers) timer.cancel();
  }
}

/** A broker in memory, virtual time, and processes of a service on them. */
export class Rig {
  readonly clock = new VirtualClock();
  readonly broker = new MemoryBroker({ partitions: 3, clock: this.clock });
  readonly random = new SeededRandom(1);
  readonly lines: string[] = [];
  readonly observations: Observation[] = [];
  readonly runs: Run[] = [];
  private readonly buses = new Map<Tramline, ProcessClock>();

  readonly log: Log = {
    debug: () => {},
    info: (line) => this.lines.push(`info ${line}`),
    warn: (line) => this.lines.push(`warn ${line}`),
    error: (line) => this.lines.push(`error ${line}`),
  };

  bus(options: Partial<TramlineOptions> = {}): Tramline {
    const clock = new ProcessClock(this.clock);
    const bus = new Tramline({
      service: 'shop',
      transport: memory({ broker: this.broker }),
      contracts: [Placed],
      clock,
      random: this.random,
      log: this.log,
      ...options,
    });
    bus.observations.observe((observation) => this.observations.push(observation));
    this.buses.set(bus, clock);
    return bus;
  }

  /** A process that consumes, with its first assignment. */
  async started(
    handlers: readonly HandlerDefinition[],
    options: Partial<TramlineOptions> = {},
  ): Promise<Tramline> {
    const bus = this.bus({ ...options, handlers });
    await bus.start();
    await this.clock.runUntil(() => bus.health().ready, '1m');
    return bus;
  }

  /** A handler of Placed that writes its runs down and then does what `work` does. */
  handler(
    id: string,
    work: (event: Placed, context: EventContext) => unknown = () => {},
    more: Partial<HandlerDefinition> = {},
  ): HandlerDefinition {
    return {
      id,
      events: [Placed],
      run: (event: Placed, context: EventContext) => {
        this.runs.push({ handler: id, event, context, at: this.clock.now() });
        return work(event, context);
      },
      ...more,
    };
  }

  runsOf(handler: string): Placed[] {
    return this.runs.filter((run) => run.handler === handler).map((run) => run.event);
  }

  seen<K extends Observation['kind']>(kind: K): Extract<Observation, { kind: K }>[] {
    return this.observations.filter(
      (observation): observation is Extract<Observation, { kind: K }> => observation.kind === kind,
    );
  }

  dead(group = 'shop'): StoredRecord[] {
    return this.broker.records(`${group}.dead`);
  }

  committed(topic = 'order.placed', group = 'shop'): number[] {
    return this.broker.committed(group, topic).map(({ offset }) => offset);
  }

  /** Ends a process as kill -9 does: nothing it waits for ever settles. */
  crash(bus: Tramline): void {
    (bus.transport as MemoryTransport).crash();
    this.buses.get(bus)!.end();
    this.buses.delete(bus);
  }

  async close(): Promise<void> {
    const closing = Promise.all([...this.buses.keys()].map((bus) => bus.close()));
    let closed = false;
    void closing.then(() => (closed = true));
    await this.clock.runUntil(() => closed, '5m');
  }
}

/** Text of a header of a record; of a name given twice the last. */
export function header(record: StoredRecord, name: string): string | undefined {
  const value = record.headers.findLast(([header]) => header === name)?.[1];
  return value ? Buffer.from(value).toString() : undefined;
}
