import { MemoryBroker, VirtualClock, type MemoryTransport } from '@tramline/testing';
import { silentLog, type StoredRecord, type TopicPartition } from '@tramline/core';
import { Oracle } from '../oracle/oracle.ts';
import type { Scenario, ServiceSpec, Version } from '../scenario/scenario.ts';
import { SeededRandom } from '@tramline/testing';
import { SimProcess } from './sim-process.ts';

/** One run's broker, time and processes. */
export class World {
  readonly scenario: Scenario;
  readonly clock = new VirtualClock();
  readonly broker: MemoryBroker;
  readonly oracle: Oracle;
  readonly processes: SimProcess[] = [];
  /** Publishes besides the services, and never crashes. */
  readonly publisher: SimProcess;
  /** Which version each service runs, or is being deployed. */
  readonly current = new Map<ServiceSpec, Version>();
  /** The schedule is over: what it set going earlier does no more harm. */
  mended = false;
  /** Everything closes: nothing is started any more. */
  closing = false;
  readonly #foreign: MemoryTransport;
  #events = 0;
  #started = 0;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    const { batchSize, partitions } = scenario;
    this.broker = new MemoryBroker({ clock: this.clock, partitions, batchSize });
    this.oracle = new Oracle(this.clock, scenario, (name) =>
      this.processes.find((process) => process.name === name),
    );
    this.broker.watch(this.oracle.watcher);
    const environment = {
      clock: this.clock,
      random: new SeededRandom(1),
      log: silentLog,
      clientId: 'foreign',
    };
    this.#foreign = this.broker.open(environment);
    this.publisher = new SimProcess(this, 'publisher', undefined);
    this.processes.push(this.publisher);
    for (const service of scenario.services) this.current.set(service, service.versions[0]!);
  }

  /** Processes of services that run. */
  get members(): SimProcess[] {
    return this.processes.filter(({ service, state }) => service && state === 'running');
  }

  get groups(): string[] {
    const handlers = [...this.current.values()].flatMap(({ handlers }) =>
      handlers.filter(({ broadcast }) => !broadcast),
    );
    return [...new Set(handlers.map(({ group }) => group))];
  }

  nextEvent(): number {
    return ++this.#events;
  }

  start(service: ServiceSpec, version = this.current.get(service)): SimProcess {
    const process = this.#add(service, version);
    this.oracle.trace.add(`${process.name} starts`);
    process.start();
    return process;
  }

  /** A process that operates, such as a command line. */
  tool(): SimProcess {
    return this.#add(undefined, undefined);
  }

  /** Something that did not come from us lies in a topic now. */
  appendForeign(target: TopicPartition, record: Pick<StoredRecord, 'key' | 'value' | 'headers'>): void {
    this.#foreign.append(target, [record], { timeoutMs: 1_000 }).catch(() => undefined);
  }

  async end(): Promise<void> {
    await this.#foreign.close();
  }

  #add(service: ServiceSpec | undefined, version: Version | undefined): SimProcess {
    const process = new SimProcess(this, `${service?.name ?? 'tool'}-${++this.#started}`, service, version);
    this.processes.push(process);
    return process;
  }
}
