import {
  ContractRegistry,
  defineEvent,
  EventBus,
  jsonCodec,
  Naming,
  Observations,
  publisherSettings,
  silentLog,
  StandardValidation,
  type Appended,
  type Observation,
  type OutgoingRecord,
  type PublisherOptions,
  type TopicPartition,
  type Transport,
} from '@tramline/core';
import { SeededRandom, VirtualClock } from '@tramline/testing';

/** Keyed by the partition it shall go to, so that a spec says where an event flies. */
export const Numbered = defineEvent<{ p: number; n: number; pad?: string }>('numbered', { key: 'p' });

/** One append under way; the spec answers it. */
export class Flight {
  readonly numbers: readonly number[];

  constructor(
    readonly target: TopicPartition,
    readonly records: readonly OutgoingRecord[],
    readonly timeoutMs: number,
    private readonly resolve: (appended: Appended) => void,
    readonly reject: (error: unknown) => void,
  ) {
    this.numbers = records.map(
      ({ value }) => (JSON.parse(Buffer.from(value!).toString()) as { n: number }).n,
    );
  }

  land(baseOffset = 0): void {
    this.resolve({ baseOffset, timestamp: 1 });
  }
}

/** A bus over a transport that does nothing by itself: every append waits for the spec's answer. */
export class ScriptedBus {
  readonly clock = new VirtualClock();
  readonly flights: Flight[] = [];
  readonly observations: Observation[] = [];
  readonly prepared: string[] = [];
  partitionCount: () => Promise<number> = () => Promise.resolve(4);
  readonly bus: EventBus;

  constructor(options: PublisherOptions = {}) {
    const faults: string[] = [];
    const observations = new Observations(silentLog);
    observations.observe((observation) => this.observations.push(observation));
    this.bus = new EventBus({
      service: 'spec',
      transport: {
        append: (
          target: TopicPartition,
          records: readonly OutgoingRecord[],
          { timeoutMs }: { timeoutMs: number },
        ) =>
          new Promise<Appended>((resolve, reject) =>
            this.flights.push(new Flight(target, records, timeoutMs, resolve, reject)),
          ),
        partitionCount: () => this.partitionCount(),
      } as Partial<Transport> as Transport,
      contracts: new ContractRegistry(),
      naming: new Naming(),
      validation: new StandardValidation(),
      codec: jsonCodec,
      clock: this.clock,
      random: new SeededRandom(1),
      observations,
      settings: publisherSettings(
        { partitioner: (key) => Number(Buffer.from(key).toString()), ...options },
        faults,
      ),
      prepareTopic: async (topic) => void this.prepared.push(topic),
    });
    if (faults.length > 0) throw new Error(faults.join());
  }

  /** The flights that were not there at the last call, once everything that needs no time has run. */
  async taken(): Promise<readonly Flight[]> {
    await this.clock.settle();
    return this.flights.splice(0);
  }
}
