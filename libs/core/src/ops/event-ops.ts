import type { ContractRegistry } from '../contract/contract-registry.js';
import type { Contract } from '../contract/contract.js';
import type { EventBus } from '../publish/event-bus.js';
import type { Drafter } from '../publish/drafter.js';
import type { PublishOptions, Receipt } from '../publish/receipt.js';
import { TransportError } from '../transport/transport-error.js';
import { readEvents, type FoundEvent, type FoundEventFilter } from './found-events.js';
import type { GroupStep } from './group-step.js';
import { watchGroup, type GroupWatchOptions } from './group-watch.js';
import type { OpsParts } from './ports.js';
import { replay, type ReplayOptions, type ReplayResult } from './replay.js';
import { tailEvents, type TailOptions } from './tail.js';

/** What {@link EventOps} is made of. `openOps` puts it together. */
export interface EventOpsParts extends OpsParts {
  readonly bus: EventBus;
  readonly drafter: Drafter;
  readonly contracts: ContractRegistry;
}

/** An event as it would be published. */
export interface CheckedEvent {
  readonly eventId: string;
  /** As the broker knows it. */
  readonly topic: string;
  readonly key: string | null;
  readonly bytes: number;
  /** false: no contract of this type is known, so the payload was not checked and the key is the one given, or none. */
  readonly checked: boolean;
}

/** Events themselves: published, read, followed, replayed. */
export class EventOps {
  /** By topic: that it was there. Asked once, or events of one key that are published together would overtake each other. */
  private readonly found = new Map<string, Promise<void>>();

  constructor(private readonly parts: EventOpsParts) {}

  /**
   * Publishes one event by its type, into a topic that exists: a mistyped type makes none. Without a contract of that type the
   * topic is the type's name, and the payload is not checked.
   * @throws PayloadError with every fault, PublishError, TransportError `TRAMLINE_UNKNOWN_TOPIC`; nothing was sent then, but for
   *   a PublishError of outcome `unknown`
   */
  async publish(
    type: string,
    payload: unknown,
    options: PublishOptions = {},
  ): Promise<Receipt & { readonly checked: boolean }> {
    const { contract, checked } = this.contract(type);
    await this.mustExist(contract);
    return { ...(await this.parts.bus.publish(contract, payload as object, options)), checked };
  }

  /** What {@link publish} would do, without doing it. @throws as it */
  async check(type: string, payload: unknown, options: PublishOptions = {}): Promise<CheckedEvent> {
    const { contract, checked } = this.contract(type);
    const { id, topic, key, bytes } = this.parts.drafter.draft(contract, payload, options);
    await this.mustExist(contract);
    return { eventId: id, topic, key, bytes, checked };
  }

  /**
   * Events of the past, of all partitions, merged by time of writing, up to what is the end when it begins. Records of any
   * kind, readable or not. @throws TransportError `TRAMLINE_UNKNOWN_TOPIC`
   */
  read(
    filter: FoundEventFilter,
    options: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<FoundEvent, void, undefined> {
    return readEvents(this.parts, filter, options.signal);
  }

  /**
   * Events as they come, until `signal` is aborted or the loop is left; with `from`, those of the past before them. Belongs to no
   * group and moves no position. @throws TransportError when the transport gives up
   */
  tail(
    filter: Omit<FoundEventFilter, 'to'>,
    options: TailOptions = {},
  ): AsyncGenerator<FoundEvent, void, undefined> {
    return tailEvents(this.parts, filter, options);
  }

  /**
   * What a group does with events: arrived, waiting in a tier, dead, done; until `signal` is aborted or the loop is left. `done`
   * comes a second or two late. @throws UnknownGroupError | TransportError
   */
  watch(
    group: string,
    filter: Omit<FoundEventFilter, 'topics' | 'to'> = {},
    options: GroupWatchOptions = {},
  ): AsyncGenerator<GroupStep, void, undefined> {
    return watchGroup(this.parts, group, filter, options);
  }

  /**
   * Gives events of the past to one handler again, beside the running services; other handlers see nothing. @throws
   * UnknownGroupError, UnknownHandlerError, ConfigurationError, TransportError
   */
  replay(options: ReplayOptions): Promise<ReplayResult> {
    return replay(this.parts, options);
  }

  private contract(type: string): { readonly contract: Contract; readonly checked: boolean } {
    const known = this.parts.contracts.byType(type);
    return { contract: known ?? this.parts.contracts.resolveForHandling(type), checked: known !== undefined };
  }

  private mustExist({ type, topic: name }: Contract): Promise<void> {
    const topic = this.parts.naming.topic(name);
    let found = this.found.get(topic);
    if (!found) {
      found = this.lookFor(topic, type);
      this.found.set(topic, found);
      found.catch(() => this.found.delete(topic));
    }
    return found;
  }

  private async lookFor(topic: string, type: string): Promise<void> {
    const [found] = await this.parts.transport.topics.describe([topic]);
    if (found) return;
    throw new TransportError(
      'TRAMLINE_UNKNOWN_TOPIC',
      `There is no topic '${topic}' for events of type '${type}'. Check the type and the namespace, or make the topic first.`,
    );
  }
}
