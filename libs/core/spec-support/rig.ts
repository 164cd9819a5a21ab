import { memory, MemoryBroker, SeededRandom, VirtualClock } from '@tramline/testing';
import {
  defineEvent,
  Tramline,
  type EventContext,
  type HandlerDefinition,
  type Log,
  type Observation,
  type StoredRecord,
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

/** A broker in memory, virtual time, and processes of a service on them. */
export class Rig {
  readonly clock = new VirtualClock();
  readonly broker = new MemoryBroker({ partitions: 3 });
  readonly random = new SeededRandom(1);
  readonly lines: string[] = [];
  readonly observations: Observation[] = [];
  readonly runs: Run[] = [];
  private readonly buses: Tramline[] = [];

  readonly log: Log = {
    debug: () => {},
    info: (line) => this.lines.push(`info ${line}`),
    warn: (line) => this.lines.push(`warn ${line}`),
    error: (line) => this.lines.push(`error ${line}`),
  };

  bus(options: Partial<TramlineOptions> = {}): Tramline {
    const bus = new Tramline({
      service: 'shop',
      transport: memory({ broker: this.broker }),
      contracts: [Placed],
      clock: this.clock,
      random: this.random,
      log: this.log,
      ...options,
    });
    bus.observations.observe((observation) => this.observations.push(observation));
    this.buses.push(bus);
    return bus;
  }

  /** A process that consumes, with its first assignment. */
  async started(handlers: readonly HandlerDefinition[], options: Partial<TramlineOptions> = {}): Promise<Tramline> {
    const bus = this.bus({ ...options, handlers });
    await bus.start();
    await this.clock.runUntil(() => bus.health().ready, '1m');
    return bus;
  }

  /** A handler of Placed that writes its runs down and then does what `work` does. */
  handler(id: string, work: (event: Placed, context: EventContext) => unknown = () => {}, more: Partial<HandlerDefinition> = {}): HandlerDefinition {
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
    return this.observations.filter((observation): observation is Extract<Observation, { kind: K }> => observation.kind === kind);
  }

  dead(group = 'shop'): StoredRecord[] {
    return this.broker.records(`${group}.dead`);
  }

  committed(topic = 'order.placed', group = 'shop'): number[] {
    return this.broker.committed(group, topic).map(({ offset }) => offset);
  }

  async close(): Promise<void> {
    const closing = Promise.all(this.buses.map((bus) => bus.close()));
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
