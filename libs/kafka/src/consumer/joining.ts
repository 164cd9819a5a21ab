import { partitionName, type ConsumeOptions, type TopicPartition } from '@tramline/core';
import { BrokerError, check } from '../cluster/broker-errors.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Lane } from '../cluster/lane.js';
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from '../protocol/consumer-protocol.js';
import { joinGroup, syncGroup, type JoinResponse } from '../protocol/api/membership.js';
import { errorName } from '../protocol/error-codes.js';
import { assign, believedClaims, type Applicant } from './assign.js';
import { countPartitions, type TopicCounts } from './topic-watch.js';

/** The name of our way to share partitions; members of other frameworks have others, and cannot join. */
const PROTOCOL = 'tramline-cooperative';

/** How long the group waits for a member that holds on to its partitions, milliseconds; more than any `revoked` may take. */
const LEAST_REBALANCE_MS = 15_000;

export interface Joined {
  readonly generation: number;
  readonly memberId: string;
  readonly partitions: readonly TopicPartition[];
  /** For the leader: the group's topics as it saw them. */
  readonly topics: TopicCounts | undefined;
}

/** Joins a group, and shares its partitions out when the group chose us to. */
export class Joining {
  private memberId = '';
  private firstAnswer: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly cluster: Cluster,
    private readonly lane: Lane,
    private readonly options: ConsumeOptions,
  ) {}

  /**
   * @param owned - what we hold on to
   * @param generation - in which it was given to us
   * @throws BrokerError `UNKNOWN_MEMBER_ID` when the group does not know us, and anything else that a broker may say
   */
  async join(owned: readonly TopicPartition[], generation: number): Promise<Joined> {
    const { group } = this.options;
    const connection = this.lane.connection(await this.cluster.coordinator(group));
    let answer = await this.ask(connection, owned, generation);
    if (errorName(answer.errorCode) === 'MEMBER_ID_REQUIRED') {
      this.memberId = answer.memberId;
      answer = await this.ask(connection, owned, generation);
    }
    check(answer.errorCode, `Joining group '${group}'`);
    this.memberId = answer.memberId;
    if (answer.leader === '') throw sharedByBroker(group);
    const plan =
      answer.leader === answer.memberId ? await this.plan(answer) : { assignments: [], topics: undefined };
    const seat = { group, generation: answer.generation, memberId: answer.memberId };
    const synced = await connection.send(
      syncGroup,
      { ...seat, assignments: plan.assignments },
      this.rebalanceMs + 5_000,
    );
    check(synced.errorCode, `Joining group '${group}'`);
    return { ...seat, partitions: decodeAssignment(synced.assignment), topics: plan.topics };
  }

  forgetMember(): void {
    this.memberId = '';
  }

  /** Who we are in the group; empty: nobody. */
  async member(): Promise<string> {
    if (this.memberId === '') await this.firstAnswer;
    return this.memberId;
  }

  private get rebalanceMs(): number {
    return Math.max(LEAST_REBALANCE_MS, this.options.sessionTimeoutMs);
  }

  private ask(
    connection: ReturnType<Lane['connection']>,
    owned: readonly TopicPartition[],
    generation: number,
  ): Promise<JoinResponse> {
    const { group, sessionTimeoutMs, topics } = this.options;
    const rebalanceTimeoutMs = this.rebalanceMs;
    const request = {
      group,
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      memberId: this.memberId,
      protocol: PROTOCOL,
      subscription: encodeSubscription({ topics, owned, generation }),
    };
    const asked = connection.send(joinGroup, request, rebalanceTimeoutMs + 5_000);
    if (this.memberId === '') {
      this.firstAnswer = asked.then(
        (answer) => (this.memberId = answer.memberId),
        () => {},
      );
    }
    return asked;
  }

  private async plan({ members }: JoinResponse) {
    const applicants = members.map(({ memberId, subscription }): Applicant => ({
      memberId,
      ...decodeSubscription(subscription),
    }));
    const all = [...new Set(applicants.flatMap(({ topics }) => topics))].sort();
    const topics = await countPartitions(this.cluster, all);
    const wanted = assign(applicants, new Map([...topics].filter(([, count]) => count > 0)));
    const claims = believedClaims(applicants);
    const assignments = applicants.map(({ memberId }) => {
      // What another one still has, it gives up first; then we all join again.
      const free = wanted
        .get(memberId)!
        .filter((one) => (claims.get(partitionName(one)) ?? memberId) === memberId);
      return { memberId, assignment: encodeAssignment(free) };
    });
    return { assignments, topics };
  }
}

/**
 * A group with members of the protocol of KIP-848 has no leader: the broker lets us in and shares its partitions out by
 * itself, and those members would get events that are ours.
 */
function sharedByBroker(group: string): BrokerError {
  return new BrokerError('INCONSISTENT_GROUP_PROTOCOL', `Joining group '${group}'`, {
    said: 'in effect: consumers with group.protocol=consumer are in it',
  });
}
