import { asError, partitionName, TransportError, type Timer } from '@tramline/core';
import { BrokerError } from '../cluster/broker-errors.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Backoff } from '../cluster/backoff.js';
import type { Lane } from '../cluster/lane.js';
import { addressName, type Address } from '../kafkajs/broker-connection.js';
import { fetch, type Fetched } from '../protocol/api/records.js';
import { errorName } from '../protocol/error-codes.js';
import type { PartitionFlow } from './partition-flow.js';

/**
 * Most that one answer brings: of one partition, as Java's consumer has it, and in all. Four times as much cost a fifth more CPU
 * an event with 64 partitions, and 120 MiB more memory (measured): an answer lies in memory whole, and leaves the caches.
 */
const PARTITION_BYTES = 1024 * 1024;
const ANSWER_BYTES = 4 * 1024 * 1024;

/**
 * How long a broker may wait for records before it answers. A partition that becomes hungry meanwhile waits for that
 * answer, so the wait is short while one may.
 */
const WAIT_MS = { allAsked: 500, someIdle: 250, someBusy: 25 };

/** Stands for whoever knows the leaders, where one cannot be told. */
const LEADERS = 'leaders';

export interface FetcherPorts {
  /** @param remade - its topic is another one now, whatever lies at its position */
  outOfRange(flow: PartitionFlow, remade: boolean): void;
  /** A broker cannot be reached, and what we fetch from it waits. */
  away(broker: string, error: Error): void;
  back(broker: string): void;
  /** A broker answered. */
  heard(): void;
  failed(error: Error): void;
}

/** Brings records to flows: one request at a time to each broker, for every flow that it leads and that wants more. */
export class Fetcher {
  private readonly flows = new Set<PartitionFlow>();
  private readonly busy = new Set<string>();
  private readonly backoffs = new Map<string, Backoff>();
  private readonly timers = new Set<Timer>();
  private readonly lane: Lane;
  private looking = false;
  private lookAgain = false;
  private stopped = false;
  private turn = 0;

  constructor(
    private readonly cluster: Cluster,
    clientId: string,
    private readonly ports: FetcherPorts,
  ) {
    this.lane = cluster.lane(clientId);
  }

  add(flow: PartitionFlow): void {
    this.flows.add(flow);
    this.look();
  }

  remove(flow: PartitionFlow): void {
    this.flows.delete(flow);
    if (this.flows.size > 0) return;
    for (const name of this.backoffs.keys()) this.ports.back(name);
    this.backoffs.clear();
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.timers) timer.cancel();
    this.cluster.closeLane(this.lane);
  }

  /** A flow wants more, perhaps. */
  look(): void {
    this.lookAgain = true;
    if (!this.looking) void this.lookAround();
  }

  private async lookAround(): Promise<void> {
    this.looking = true;
    try {
      while (this.lookAgain && !this.stopped) {
        this.lookAgain = false;
        await this.askLeaders();
      }
    } catch (error) {
      this.ports.failed(asError(error));
    } finally {
      this.looking = false;
    }
  }

  private async askLeaders(): Promise<void> {
    const leaders = new Map<string, { readonly address: Address; readonly led: PartitionFlow[] }>();
    for (const flow of this.inTurn()) {
      const address = flow.ended || flow.asked ? undefined : await this.leaderOf(flow);
      if (!address || this.stopped) continue;
      const name = addressName(address);
      const found = leaders.get(name) ?? { address, led: [] };
      leaders.set(name, found);
      found.led.push(flow);
    }
    for (const [name, { address, led }] of leaders) {
      const wanting = led.filter((flow) => flow.wantsMore);
      if (wanting.length === 0 || this.busy.has(name)) continue;
      void this.fetch(
        address,
        wanting,
        led.filter((flow) => !wanting.includes(flow)),
      );
    }
  }

  /** Another first one each time: a broker fills its answer from the front. */
  private inTurn(): PartitionFlow[] {
    const flows = [...this.flows];
    const first = flows.length > 0 ? this.turn++ % flows.length : 0;
    return [...flows.slice(first), ...flows.slice(0, first)];
  }

  private async leaderOf(flow: PartitionFlow): Promise<Address | undefined> {
    try {
      const leader = await this.cluster.leader(flow.target);
      const id = this.cluster.idOf(flow.target.topic);
      if (id === flow.topicId || id === '' || flow.topicId === '') return leader;
      // Deleted and made again: our position means nothing in it, though there may be records at it.
      flow.asked = true;
      this.ports.outOfRange(flow, true);
      return undefined;
    } catch (thrown) {
      const error = asError(thrown);
      if (!(error instanceof TransportError)) return undefined;
      if (error.code === 'TRAMLINE_REFUSED') this.ports.failed(error);
      // A topic that was deleted is left to the group, which will take it from us.
      else this.later(flow, error.code === 'TRAMLINE_AWAY' ? LEADERS : undefined, error);
      return undefined;
    }
  }

  private async fetch(
    address: Address,
    flows: readonly PartitionFlow[],
    excluded: readonly PartitionFlow[],
  ): Promise<void> {
    const name = addressName(address);
    this.busy.add(name);
    for (const flow of flows) flow.asked = true;
    const maxWaitMs =
      excluded.length === 0
        ? WAIT_MS.allAsked
        : excluded.some(({ paused }) => !paused)
          ? WAIT_MS.someBusy
          : WAIT_MS.someIdle;
    const partitions = flows.map(({ target, position }) => ({
      ...target,
      offset: position,
      maxBytes: PARTITION_BYTES,
    }));
    try {
      const answer = await this.lane
        .connection(address)
        .send(fetch, { maxWaitMs, maxBytes: ANSWER_BYTES, partitions });
      if (answer.errorCode !== 0) throw new BrokerError(errorName(answer.errorCode), `Fetching from ${name}`);
      this.ports.heard();
      this.recovered(name);
      this.hand(flows, answer.partitions);
    } catch (thrown) {
      if (this.stopped) return;
      const error = asError(thrown);
      if (error instanceof TransportError && !error.retriable) return this.ports.failed(error);
      for (const { target } of flows) this.cluster.forget(target.topic);
      for (const flow of flows) this.later(flow, name, error);
    } finally {
      this.busy.delete(name);
      if (!this.stopped) this.look();
    }
  }

  private hand(flows: readonly PartitionFlow[], answers: readonly Fetched[]): void {
    const found = new Map(answers.map((answer) => [partitionName(answer), answer]));
    for (const flow of flows) {
      const answer = found.get(partitionName(flow.target));
      const error = answer && errorName(answer.errorCode);
      if (!answer || !error || flow.ended) flow.asked = false;
      else if (error === 'NONE') {
        flow.asked = false;
        this.backoffs.delete(partitionName(flow.target));
        flow.arrived(answer);
      } else if (error === 'OFFSET_OUT_OF_RANGE') this.ports.outOfRange(flow, false);
      else this.refused(flow, new BrokerError(error, `Fetching ${partitionName(flow.target)}`));
    }
  }

  private refused(flow: PartitionFlow, error: BrokerError): void {
    this.cluster.forget(flow.target.topic);
    if (error.retriable || error.kafka === 'UNKNOWN_TOPIC_OR_PARTITION') this.later(flow, undefined, error);
    else this.ports.failed(error);
  }

  /** Asks again for this flow after a while. @param away - what cannot be reached; undefined: only this partition */
  private later(flow: PartitionFlow, away: string | undefined, error: Error): void {
    flow.asked = true;
    const name = away ?? partitionName(flow.target);
    const before = this.backoffs.get(name);
    const backoff = before ?? this.cluster.backoff();
    this.backoffs.set(name, backoff);
    // A connection that broke is made again at once, most of the time.
    if (away && before) this.ports.away(away, error);
    const timer = this.cluster.clock.setTimer(backoff.next(), () => {
      this.timers.delete(timer);
      flow.asked = false;
      this.look();
    });
    this.timers.add(timer);
  }

  private recovered(name: string): void {
    if (this.backoffs.size === 0) return;
    for (const healed of [name, LEADERS]) if (this.backoffs.delete(healed)) this.ports.back(healed);
  }
}
