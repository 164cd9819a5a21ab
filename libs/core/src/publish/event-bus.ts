import type { EventRef, PayloadOf } from '../contract/contract.js';
import type { ContractRegistry } from '../contract/contract-registry.js';
import { asError, ClosedError } from '../errors.js';
import type { Observations } from '../observe/observations.js';
import type { Transport } from '../transport/transport.js';
import { Drafter, type DrafterPorts } from './drafter.js';
import { Ledger } from './ledger.js';
import { MicroBatcher } from './micro-batcher.js';
import { publishError, type Draft } from './pending-event.js';
import { PublishAllError, PublishError } from './publish-error.js';
import { publishedBy } from './published.js';
import type { PublisherSettings } from './publisher-options.js';
import type { PublishOptions, Receipt } from './receipt.js';

/** What a bus is made of. `Tramline` puts it together. */
export interface EventBusParts extends Omit<DrafterPorts, 'maxEventBytes'> {
  readonly transport: Transport;
  readonly contracts: ContractRegistry;
  readonly observations: Observations;
  readonly settings: PublisherSettings;
  /** As `RoutePorts.prepareTopic`. Default: nothing. */
  readonly prepareTopic?: (topic: string) => Promise<void>;
}

/** One event of a list: an instance of a decorated class, or what `publish` takes, as a tuple. */
export type PublishItem<I> = I extends readonly [infer R, unknown, unknown?]
  ? readonly [ref: R, payload: PayloadOf<R>, options?: PublishOptions]
  : I extends object
    ? I
    : never;

/**
 * Publishes events. A promise resolves when the broker has the event durably, with its receipt; calls that run together
 * travel together. Events of one key are written in the order of the calls of this process.
 *
 * A rejection is a {@link PublishError} that says whether the event may have been written; a `PayloadError`, when the payload
 * breaks the contract or cannot be encoded; an `UnknownEventError`; a `ClosedError`. In the last three cases nothing was written.
 */
export class EventBus {
  private readonly drafter: Drafter;
  private readonly batcher: MicroBatcher;
  private readonly ledger: Ledger;
  private closing: Promise<void> | undefined;

  constructor(private readonly parts: EventBusParts) {
    const { transport, clock, random, observations, settings, prepareTopic = async () => {} } = parts;
    const { timeoutMs, partitioner, maxEventBytes } = settings;
    this.drafter = new Drafter({ ...parts, maxEventBytes });
    this.ledger = new Ledger(settings, observations, clock);
    const { ledger } = this;
    this.batcher = new MicroBatcher({
      transport,
      clock,
      random,
      ledger,
      timeoutMs,
      partitioner,
      prepareTopic,
    });
  }

  /** Publishes one event by its class, contract or name. */
  publish<const R extends EventRef>(
    ref: R,
    payload: PayloadOf<R>,
    options?: PublishOptions,
  ): Promise<Receipt>;
  /** Publishes an instance of a class with `@EventContract`. */
  publish<T extends object>(
    instance: T extends EventRef ? never : T,
    options?: PublishOptions,
  ): Promise<Receipt>;
  publish(first: EventRef | object, second?: unknown, third?: PublishOptions): Promise<Receipt> {
    try {
      return this.batcher.send(this.draft(first, second, third));
    } catch (error) {
      return Promise.reject(asError(error));
    }
  }

  /**
   * Publishes a list; receipts come in its order. Nothing is sent unless every event of it is valid. Not a transaction:
   * some may be written and others not.
   * @throws PublishAllError with a receipt or an error for each, when some are not valid or were not written
   */
  async publishAll<const L extends readonly unknown[]>(
    list: L & { readonly [I in keyof L]: PublishItem<L[I]> },
  ): Promise<Receipt[]> {
    if (this.closing) throw new ClosedError('The event bus');
    const drafts = this.draftAll(list);
    const ends = await Promise.allSettled(drafts.map((draft) => this.batcher.send(draft)));
    const results = ends.map((end) =>
      end.status === 'fulfilled' ? end.value : (end.reason as PublishError),
    );
    if (ends.some(({ status }) => status === 'rejected')) throw new PublishAllError(results);
    return results as Receipt[];
  }

  /** @throws PublishAllError when one is not valid: its own error for each such, and that they were not sent for the others */
  private draftAll(list: readonly unknown[]): Draft[] {
    const results = list.map((item): Draft | Error => {
      try {
        return Array.isArray(item)
          ? this.draft(item[0] as EventRef, item[1], item[2] as PublishOptions | undefined)
          : this.draft(item as object);
      } catch (error) {
        return asError(error);
      }
    });
    const bad = results.findIndex((result) => result instanceof Error);
    if (bad < 0) return results as Draft[];
    const reason = `event ${bad} of the list is not valid, and nothing of a list is sent unless all of it is`;
    throw new PublishAllError(
      results.map((result) =>
        result instanceof Error ? result : publishError(result, 'TRAMLINE_NOT_SENT', 'not-written', reason),
      ),
    );
  }

  /** Resolves when every event published so far has its receipt or its error. Never rejects. */
  flush(): Promise<void> {
    return this.batcher.flush();
  }

  /**
   * Refuses further events, waits for those under way, at most `patienceMs` (default: the publisher's timeout), and rejects
   * what is left. The transport is not closed. Idempotent; never rejects.
   */
  close(patienceMs = this.parts.settings.timeoutMs): Promise<void> {
    this.closing ??= this.batcher.close(patienceMs);
    return this.closing;
  }

  private draft(
    first: EventRef | object,
    second?: unknown,
    third?: PublishOptions,
  ): ReturnType<Drafter['draft']> {
    if (this.closing) throw new ClosedError('The event bus');
    const { contract, payload, options } = publishedBy(this.parts.contracts, first, second, third);
    try {
      return this.drafter.draft(contract, payload, options);
    } catch (error) {
      if (error instanceof PublishError) {
        const topic = this.parts.naming.topic(contract.topic);
        this.ledger.failed({ id: error.eventId, type: contract.type, topic }, error);
      }
      throw error;
    }
  }
}
