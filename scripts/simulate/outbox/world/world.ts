import { MemoryBroker, VirtualClock } from '@tramline/testing';
import { ModelDatabase } from '@tramline/testing/outbox';
import { Oracle } from '../oracle/oracle.ts';
import { Troubles } from '../oracle/troubles.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { SimService } from './sim-service.ts';

/** One run's database, broker, time and processes. */
export class World {
  readonly scenario: Scenario;
  readonly clock = new VirtualClock();
  readonly broker: MemoryBroker;
  readonly database: ModelDatabase;
  readonly troubles: Troubles;
  readonly oracle: Oracle;
  readonly processes: SimService[] = [];
  /** When a hold was lifted last: what it held back may take the place of others in the next pages. */
  lastLift = -Infinity;
  /** When a process started last, so that buckets went from one to another. */
  lastChange = -Infinity;
  /** How much longer appends take, by topic, and by what makes them. */
  readonly slow = new Set<ReadonlyMap<string, number>>();
  /** How long the broker takes to refuse. */
  refusalMs = 0;
  /** The schedule is over: what it set going earlier does no more harm. */
  mended = false;
  readonly #lasting = new Set<() => void>();
  #started = 0;
  #events = 0;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    this.broker = new MemoryBroker({ clock: this.clock, partitions: scenario.partitions });
    const { buckets, latency: latencyMs } = scenario;
    this.database = new ModelDatabase({ clock: this.clock, buckets, latencyMs });
    this.troubles = new Troubles(() => this.now());
    this.oracle = new Oracle(this);
    this.broker.watch({ appended: (record) => this.oracle.appended(record) });
    this.database.watch(this.oracle.watcher);
    this.database.watch({
      wrote: (_, statement) => {
        if (statement === 'lift') this.lastLift = this.now();
      },
    });
  }

  /** Processes that run, frozen ones included. */
  get running(): SimService[] {
    return this.processes.filter(({ state }) => state === 'running');
  }

  now(): number {
    return this.clock.monotonic();
  }

  start(): SimService {
    const process = new SimService(this, `p${++this.#started}`);
    this.processes.push(process);
    this.lastChange = this.now();
    this.oracle.trace.add(`${process.name} starts`);
    process.start();
    return process;
  }

  nextEvent(): number {
    return ++this.#events;
  }

  /** Something is wrong for so long, everywhere or with one topic, unless all is mended before. */
  lasting(ms: number, end: () => void, topic?: string): void {
    const over = this.troubles.begin(topic);
    const finish = () => {
      if (!this.#lasting.delete(finish)) return;
      end();
      over();
    };
    this.#lasting.add(finish);
    this.clock.setTimer(ms, finish);
  }

  /** Ends all that is wrong. */
  mend(): void {
    this.mended = true;
    this.broker.clearFaults();
    this.database.clearFaults();
    for (const finish of this.#lasting) finish();
  }
}
