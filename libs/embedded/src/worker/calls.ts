import type { ReadCalls, WriteCalls } from '../wire/messages.js';
import { commit, committed, describeGroup, listGroups, resetGroup } from './commits.js';
import { monotonicMs } from './machine.js';
import { Members } from './members.js';
import { offsets, offsetsAt, positions } from './offsets.js';
import { readBatch } from './read-batch.js';
import { trimBefore } from './retention.js';
import type { Store } from './store.js';
import {
  alterTopic,
  createTopics,
  deleteTopics,
  describeTopics,
  findPartition,
  findTopic,
  growTopic,
  listTopics,
  partitionsOf,
} from './topics.js';
import { unknownTopic } from '../wire/failure.js';

/** Each runs within a transaction of the writer. */
export function writeCalls({ write, machine }: Store): WriteCalls {
  const members = new Members(write, machine);
  return {
    createTopics: (topics) => createTopics(write, topics),
    growTopic: (topic, partitions) => growTopic(write, topic, partitions),
    alterTopic: (topic, settings) => alterTopic(write, topic, settings),
    deleteTopics: (topics) => deleteTopics(write, topics),
    trimPartition: (target, offset) => trimBefore(write, target, offset),
    heartbeat: (member) => members.heartbeat(member, monotonicMs()),
    release: (memberId, partitions) => members.release(memberId, partitions),
    leave: (memberId) => members.leave(memberId),
    commit: (request) => commit(write, request),
    resetGroup: (group, positions) => resetGroup(write, members, monotonicMs(), group, positions),
  };
}

/** Each runs within a snapshot. */
export function readCalls({ read, machine }: Store): ReadCalls {
  return {
    listTopics: (prefix) => listTopics(read, prefix),
    describeTopics: (topics) => describeTopics(read, topics),
    partitionCount(topic) {
      const found = findTopic(read, topic);
      if (!found) throw unknownTopic(topic);
      return found.partitions;
    },
    offsets: (topic) => offsets(read, topic),
    offsetsAt: (topic, timestamp) => offsetsAt(read, topic, timestamp),
    listGroups: (prefix) => listGroups(read, machine.bootId, monotonicMs(), prefix),
    describeGroup: (group) => describeGroup(read, machine.bootId, monotonicMs(), group),
    committed: (group, topics) => committed(read, group, topics),
    partitionsOf: (topics) => partitionsOf(read, topics),
    positions: (groupId, partitions) => positions(read, groupId, partitions),
    bounds(target) {
      const { id, start_offset: earliest, next_offset: end } = findPartition(read, target);
      return { id, earliest, end };
    },
    readBatch: (partition, from, to) => readBatch(read, partition, from, to),
  };
}
