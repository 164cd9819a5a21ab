import {
  asError,
  ClosedError,
  TransportError,
  type Clock,
  type Log,
  type Random,
  type TopicPartition,
} from '@tramline/core';
import type { KafkaSettings } from '../config/settings.js';
import { addressName, type Address } from '../kafkajs/broker-connection.js';
import { ShownOutError } from '../kafkajs/failures.js';
import type { Api } from '../protocol/api.js';
import { findCoordinator, metadata, type TopicMetadata } from '../protocol/api/cluster.js';
import { Backoff } from './backoff.js';
import { check } from './broker-errors.js';
import { Lane } from './lane.js';
import { QuotaWatch } from './quota-watch.js';
import { errorName } from '../protocol/error-codes.js';

/** How old a topic's metadata may be, milliseconds. Errors of brokers make it younger. */
const MAX_AGE_MS = 30_000;

/** How often a broker may show us out before we believe that it will go on doing so. */
const SHOWN_OUT_TIMES = 3;

interface Known {
  readonly topic: TopicMetadata;
  readonly at: number;
}

export interface ClusterEnvironment {
  readonly clock: Clock;
  readonly random: Random;
  readonly clientId: string;
  readonly log: Log;
}

/** The brokers, and which of them leads what. It knows what it was told last, and asks again when that proves wrong. */
export class Cluster {
  private readonly main: Lane;
  private readonly quotas: QuotaWatch;
  private readonly lanes = new Set<Lane>();
  private readonly known = new Map<string, Known>();
  private readonly coordinators = new Map<string, Address>();
  private readonly asking = new Map<string, Promise<TopicMetadata>>();
  private brokers: ReadonlyMap<number, Address> = new Map();
  private shownOut = 0;
  private closed = false;

  constructor(
    readonly settings: KafkaSettings,
    private readonly environment: ClusterEnvironment,
  ) {
    this.quotas = new QuotaWatch(environment);
    this.main = this.lane(environment.clientId);
  }

  get clock(): Clock {
    return this.environment.clock;
  }

  get brokerCount(): number {
    return this.brokers.size;
  }

  get addresses(): readonly Address[] {
    return [...this.brokers.values()];
  }

  backoff(): Backoff {
    return new Backoff(this.settings, this.environment.clock, this.environment.random);
  }

  /** Connections of its own, for what would hold others up. The caller closes it. */
  lane(clientId = this.environment.clientId): Lane {
    const lane = new Lane(this.settings, clientId, this.environment.clock, this.quotas);
    this.lanes.add(lane);
    return lane;
  }

  closeLane(lane: Lane): void {
    lane.close();
    this.lanes.delete(lane);
  }

  /** @throws TransportError, ClosedError */
  send<Request, Response>(to: Address, api: Api<Request, Response>, request: Request): Promise<Response> {
    this.mustBeOpen();
    return this.main.connection(to).send(api, request);
  }

  /** Asks whichever broker answers. @throws TransportError when none does */
  async any<Request, Response>(
    api: Api<Request, Response>,
    request: Request,
    timeoutMs?: number,
  ): Promise<Response> {
    let last: Error | undefined;
    for (const address of this.candidates()) {
      this.mustBeOpen();
      try {
        const answer = await this.main.connection(address).send(api, request, timeoutMs);
        this.shownOut = 0;
        return answer;
      } catch (thrown) {
        last = this.patienceWithClosing(asError(thrown));
        if (!(last instanceof TransportError) || !last.retriable) throw last;
      }
    }
    this.mustBeOpen();
    throw last!;
  }

  /** What the cluster says now of these topics (null: of all), those that do not exist left out. @throws TransportError */
  async fresh(names: readonly string[] | null): Promise<TopicMetadata[]> {
    const found = await this.refresh(names);
    for (const { name, errorCode } of found) check(errorCode, `Topic '${name}'`);
    return found;
  }

  /** One topic, from what we know already. @throws TransportError `TRAMLINE_UNKNOWN_TOPIC` */
  topic(name: string): TopicMetadata | Promise<TopicMetadata> {
    this.mustBeOpen();
    const known = this.known.get(name);
    if (known && this.environment.clock.monotonic() - known.at < MAX_AGE_MS) return known.topic;
    let asking = this.asking.get(name);
    if (!asking) {
      asking = this.ask(name).finally(() => this.asking.delete(name));
      this.asking.set(name, asking);
    }
    return asking;
  }

  /** As it was known last; empty when it was not. */
  idOf(topic: string): string {
    return this.known.get(topic)?.topic.id ?? '';
  }

  /** @throws TransportError `TRAMLINE_UNKNOWN_TOPIC`; `TRAMLINE_AWAY` while it has no leader */
  async leader({ topic, partition }: TopicPartition): Promise<Address> {
    const { partitions } = await this.topic(topic);
    const found = partitions.find((one) => one.partition === partition);
    if (!found) {
      this.forget(topic);
      throw unknownTopic(`Topic '${topic}' has ${partitions.length} partitions, not number ${partition}.`);
    }
    const leader = this.brokers.get(found.leader);
    if (leader) return leader;
    this.forget(topic);
    throw new TransportError(
      'TRAMLINE_AWAY',
      `${topic}/${partition} has no leader just now: the broker that led it is away.`,
    );
  }

  /** What we knew of this topic proved wrong. */
  forget(topic: string): void {
    this.known.delete(topic);
  }

  /** The broker that keeps a group. */
  async coordinator(group: string): Promise<Address> {
    const known = this.coordinators.get(group);
    if (known) return known;
    const answer = await this.any(findCoordinator, { group });
    check(answer.errorCode, `Finding the coordinator of group '${group}'`, answer.message);
    const address = { host: answer.host, port: answer.port };
    this.coordinators.set(group, address);
    return address;
  }

  forgetCoordinator(group: string): void {
    this.coordinators.delete(group);
  }

  close(): void {
    this.closed = true;
    for (const lane of this.lanes) lane.close();
    this.lanes.clear();
  }

  mustBeOpen(): void {
    if (this.closed) throw new ClosedError('The Kafka transport');
  }

  /** Along with it whatever else will be asked for soon: one request tells of many topics. */
  private async ask(name: string): Promise<TopicMetadata> {
    const due = this.environment.clock.monotonic() - MAX_AGE_MS / 2;
    const others = [...this.known].filter(([, { at }]) => at < due).map(([other]) => other);
    const answer = await this.refresh([...new Set([name, ...others])]);
    const found = answer.find((topic) => topic.name === name);
    if (!found)
      throw unknownTopic(
        `Topic '${name}' does not exist. Create it, or let topics.topology: 'create' do so.`,
      );
    check(found.errorCode, `Topic '${name}'`);
    return found;
  }

  /** Asks, and remembers. Topics that do not exist are left out; others may have an error. */
  private async refresh(names: readonly string[] | null): Promise<TopicMetadata[]> {
    if (names?.length === 0) return [];
    const answer = await this.any(metadata, { topics: names });
    this.brokers = new Map(answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
    const at = this.environment.clock.monotonic();
    const found: TopicMetadata[] = [];
    for (const topic of answer.topics) {
      const error = errorName(topic.errorCode);
      this.known.delete(topic.name);
      if (error === 'UNKNOWN_TOPIC_OR_PARTITION') continue;
      // A topic that was just made has partitions without leaders, which is no error of the topic.
      const isFine = error === 'NONE' || error === 'LEADER_NOT_AVAILABLE';
      if (isFine) this.known.set(topic.name, { topic, at });
      found.push(isFine ? { ...topic, errorCode: 0 } : topic);
    }
    return found;
  }

  /** Shown out once a broker may have been ending; again and again it wants something of us. */
  private patienceWithClosing(error: Error): Error {
    if (!(error instanceof ShownOutError)) return error;
    this.shownOut++;
    return this.shownOut < SHOWN_OUT_TIMES ? error : new TransportError('TRAMLINE_REFUSED', error.message);
  }

  /** Connected ones first, then those that the cluster named, then those that we were given. */
  private candidates(): Address[] {
    const all = [...this.main.open(), ...this.brokers.values(), ...this.settings.brokers];
    return [...new Map(all.map((address) => [addressName(address), address])).values()];
  }
}

export function unknownTopic(message: string): TransportError {
  return new TransportError('TRAMLINE_UNKNOWN_TOPIC', message);
}
