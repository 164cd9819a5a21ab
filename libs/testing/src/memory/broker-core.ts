import { systemClock, type Clock } from '@tramline/core';
import { Cluster } from './cluster.js';
import { Faults } from './faults.js';
import type { MemoryProcess } from './process.js';
import { Watchers } from './watchers.js';

/** What lies behind a {@link MemoryBroker}: the parts that transports work with and tests do not see. */
export class BrokerCore {
  readonly faults = new Faults();
  readonly watchers = new Watchers();
  readonly cluster: Cluster;
  readonly processes: MemoryProcess[] = [];
  #clock: Clock | undefined;
  #away = false;

  constructor(
    clock: Clock | undefined,
    partitions: number,
    readonly batchSize: number,
  ) {
    this.#clock = clock;
    this.cluster = new Cluster(this, partitions);
  }

  get clock(): Clock {
    return this.#clock ?? systemClock;
  }

  /** The whole broker is down. */
  get away(): boolean {
    return this.#away;
  }

  setAway(away: boolean): void {
    if (away === this.#away) return;
    this.#away = away;
    for (const process of this.processes) process.linkChanged();
    this.cluster.awayChanged();
  }

  opened(process: MemoryProcess, clock: Clock): void {
    this.#clock ??= clock;
    this.processes.push(process);
  }

  closed(process: MemoryProcess): void {
    this.processes.splice(this.processes.indexOf(process), 1);
  }
}
