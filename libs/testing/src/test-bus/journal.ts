import {
  jsonCodec,
  partitionName,
  StandardValidation,
  toEnvelope,
  type Contract,
  type Envelope,
  type EventContext,
  type LoggedEvent,
  type Observation,
  type Tramline,
  type TramlineOptions,
} from '@tramline/core';
import type { MemoryBroker } from '../memory/broker.js';

/** An event that a handler was through with. */
export interface HandledEvent<T = unknown> {
  readonly event: T;
  readonly envelope: Envelope;
  /** The run of the handler that succeeded, counted from 1. */
  readonly attempt: number;
  /** Virtual time. */
  readonly at: Date;
}

/** An event that a handler gave up on. */
export interface DeadEvent<T = unknown> {
  readonly letterId: string;
  readonly handlerId: string;
  readonly group: string;
  /** `retries-exhausted`, `non-retryable`, `policy`, `invalid-payload`, … */
  readonly reason: string;
  /** What the last attempt failed with. */
  readonly error: Error;
  /** Runs of the handler. */
  readonly attempts: number;
  /** undefined when its bytes cannot be decoded. */
  readonly event: T | undefined;
  readonly envelope: Envelope | undefined;
}

type Told<K extends Observation['kind']> = Extract<Observation, { kind: K }>;

/** Writes down what one bus does, and answers what a test asks of it. */
export class Journal {
  readonly #published: Told<'published'>[] = [];
  readonly #handled = new Map<string, HandledEvent[]>();
  readonly #dead = new Map<string, Told<'dead'>>();
  /** What handlers were given in attempts that have not ended. */
  readonly #inputs = new Map<string, { readonly event: unknown; readonly envelope: Envelope }>();

  constructor(
    private readonly tramline: Tramline,
    private readonly options: Pick<TramlineOptions, 'codec' | 'validation'>,
    private readonly broker: MemoryBroker,
  ) {
    tramline.observations.observe((observation) => this.#note(observation));
  }

  /** An attempt begins; of a batch one for each event. */
  began(event: unknown, context: EventContext): void {
    const attempt = {
      ...context.origin,
      group: context.group,
      handlerId: context.handlerId,
      attempt: context.attempt,
    };
    this.#inputs.set(attemptName(attempt), { event, envelope: context.envelope });
  }

  /** In order of publishing, each once, whatever lies in the log. */
  published(contract: Contract): LoggedEvent<unknown>[] {
    const records = new Map<string, LoggedEvent<unknown>>();
    const found = this.#published.filter(({ type }) => type === contract.type);
    for (const topic of new Set(found.map((one) => one.topic))) {
      for (const record of this.broker.records(topic)) {
        const { partition, offset, timestamp } = record;
        const envelope = toEnvelope(record, this.tramline.naming);
        if (envelope.type !== contract.type) continue;
        const event = this.#decode(record.value, contract);
        records.set(placeName(record), { event, envelope, topic, partition, offset, timestamp });
      }
    }
    return found.flatMap((one) => records.get(placeName(one)) ?? []);
  }

  handled(handlerId: string): readonly HandledEvent[] {
    return this.#handled.get(handlerId) ?? [];
  }

  /** In order of death; those that were redriven are left out. */
  dead(contractOf: (type: string) => Contract): DeadEvent[] {
    return [...this.#dead.values()].map((letter) => {
      const { letterId, handlerId, group, reason, error, attempt, origin, type } = letter;
      const record = this.broker
        .records(origin.topic)
        .find(({ partition, offset }) => partition === origin.partition && offset === origin.offset);
      let event: unknown;
      try {
        event = record && this.#decode(record.value, contractOf(type));
      } catch {
        // An event may be dead for this very reason.
      }
      const envelope = record && toEnvelope(record, this.tramline.naming);
      return { letterId, handlerId, group, reason, error, attempts: attempt, event, envelope };
    });
  }

  #note(observation: Observation): void {
    switch (observation.kind) {
      case 'published':
        this.#published.push(observation);
        return;
      case 'done':
        return this.#done(observation);
      case 'attempt-failed':
        this.#inputs.delete(attemptName({ ...observation.origin, ...observation }));
        return;
      case 'dead':
        this.#dead.set(observation.letterId, observation);
        return;
      case 'redriven':
        this.#dead.delete(observation.letterId);
        return;
      default:
    }
  }

  #done(done: Told<'done'>): void {
    const name = attemptName({ ...done.origin, ...done });
    const input = this.#inputs.get(name);
    this.#inputs.delete(name);
    if (!input) return;
    const handled = this.#handled.get(done.handlerId) ?? [];
    handled.push({ ...input, attempt: done.attempt, at: new Date(this.tramline.clock.now()) });
    this.#handled.set(done.handlerId, handled);
  }

  #decode(value: Uint8Array | null, contract: Contract): unknown {
    const { codec = jsonCodec, validation = new StandardValidation() } = this.options;
    return validation.incoming(contract, value && codec.decode(value, contract.type));
  }
}

interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

const placeName = (place: Place) => `${partitionName(place)}/${place.offset}`;

function attemptName({
  group,
  handlerId,
  attempt,
  ...place
}: Place & { readonly group: string; readonly handlerId: string; readonly attempt: number }): string {
  return JSON.stringify([group, handlerId, placeName(place), attempt]);
}
