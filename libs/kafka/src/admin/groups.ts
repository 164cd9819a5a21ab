import {
  TransportError,
  type CommittedOffset,
  type GroupAdmin,
  type GroupDescription,
  type TopicPartition,
} from '@tramline/core';
import { BrokerError, check } from '../cluster/broker-errors.js';
import type { Cluster } from '../cluster/cluster.js';
import { addressName, type Address } from '../kafkajs/broker-connection.js';
import type { Api } from '../protocol/api.js';
import { describeGroup, listGroups, offsetCommit, offsetFetch } from '../protocol/api/groups.js';
import { decodeAssignment } from '../protocol/consumer-protocol.js';
import { errorName } from '../protocol/error-codes.js';
import { patiently } from './patience.js';

export class KafkaGroups implements GroupAdmin {
  constructor(private readonly cluster: Cluster) {}

  /** Each broker knows the groups that it coordinates. */
  async list(prefix = ''): Promise<string[]> {
    return patiently(this.cluster, async () => {
      await this.cluster.fresh(null);
      const ask = async (address: Address) => {
        const { errorCode, groups } = await this.cluster.send(address, listGroups, {});
        check(errorCode, `Listing groups of ${addressName(address)}`);
        return groups;
      };
      const all = (await Promise.all(this.cluster.addresses.map(ask))).flat();
      const ours = all.filter(
        ({ group, protocolType }) => ['consumer', ''].includes(protocolType) && group.startsWith(prefix),
      );
      return [...new Set(ours.map(({ group }) => group))].sort();
    });
  }

  async describe(group: string): Promise<GroupDescription> {
    const found = await this.ask(group, describeGroup, { group }, (answer) => answer?.errorCode ?? 0);
    const members = found?.members ?? [];
    return {
      group,
      members: members.map(({ memberId, clientId, assignment }) => ({
        memberId,
        clientId,
        partitions: decodeAssignment(assignment),
      })),
    };
  }

  async committed(group: string, topics: readonly string[]): Promise<CommittedOffset[]> {
    const wanted = new Set(topics);
    const { offsets } = await this.ask(group, offsetFetch, { group }, (answer) => answer.errorCode);
    return offsets
      .filter(({ topic, offset }) => offset >= 0 && wanted.has(topic))
      .map(({ topic, partition, offset, metadata }) => ({ topic, partition, offset, metadata }))
      .sort((a, b) => inOrder(topics, a.topic, b.topic) || a.partition - b.partition);
  }

  async reset(
    group: string,
    positions: readonly (TopicPartition & { readonly offset: number })[],
  ): Promise<void> {
    if (positions.length === 0) return;
    const { members } = await this.describe(group);
    if (members.length > 0) throw active(group);
    const request = {
      group,
      generation: -1,
      memberId: '',
      positions: positions.map((one) => ({ ...one, metadata: '' })),
    };
    const failed = (results: readonly { readonly errorCode: number }[]) =>
      results.find(({ errorCode }) => errorCode !== 0)?.errorCode ?? 0;
    try {
      await this.ask(group, offsetCommit, request, failed);
    } catch (error) {
      // Somebody joined just now: the broker takes such a commit for an empty group alone.
      if (
        error instanceof BrokerError &&
        ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'REBALANCE_IN_PROGRESS'].includes(error.kafka)
      )
        throw active(group);
      throw error;
    }
  }

  /** @param code - of the answer; those of a coordinator that moved or loads are waited out */
  private async ask<Request, Response>(
    group: string,
    api: Api<Request, Response>,
    request: Request,
    code: (answer: Response) => number,
  ): Promise<Response> {
    return patiently(this.cluster, async () => {
      try {
        const answer = await this.cluster.send(await this.cluster.coordinator(group), api, request);
        const error = errorName(code(answer));
        if (error !== 'NONE' && error !== 'GROUP_ID_NOT_FOUND')
          throw new BrokerError(error, `${api.name} of group '${group}'`);
        return answer;
      } catch (error) {
        this.cluster.forgetCoordinator(group);
        throw error;
      }
    });
  }
}

function active(group: string): TransportError {
  return new TransportError(
    'TRAMLINE_GROUP_ACTIVE',
    `Group '${group}' has members. Stop its processes, then set its positions.`,
  );
}

function inOrder(topics: readonly string[], a: string, b: string): number {
  return topics.indexOf(a) - topics.indexOf(b);
}
