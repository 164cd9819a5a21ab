import type { CommittedOffset, GroupDescription, TopicPartition } from '@tramline/core';
import { FailureError } from '../wire/failure.js';
import type { CommitRequest } from '../wire/messages.js';
import type { Connection } from './connection.js';
import type { Members } from './members.js';
import { findPartition } from './topics.js';

/** Stores positions if the member still owns every one of the partitions, in the same epoch; else nothing. */
export function commit(write: Connection, { memberId, groupId, entries }: CommitRequest): void {
  for (const { id, epoch } of entries) {
    const held = write.get(
      'SELECT 1 FROM assignments WHERE group_id = ? AND partition_id = ? AND owner = ? AND epoch = ?',
      groupId,
      id,
      memberId,
      epoch,
    );
    if (!held) throw staleCommit();
  }
  for (const { id, offset, metadata } of entries) store(write, groupId, id, offset, metadata);
}

function staleCommit(): FailureError {
  return new FailureError(
    'TRAMLINE_STALE_COMMIT',
    'The partition belongs to another member of the group by now, or to nobody: the session was over, or it was given up. ' +
      'Nothing was stored; the new owner handles these events again.',
  );
}

/** Sets positions of a group without members by force. */
export function resetGroup(
  write: Connection,
  members: Members,
  now: number,
  group: string,
  positions: readonly (TopicPartition & { readonly offset: number })[],
): void {
  const targets = positions.map((position) => ({
    id: findPartition(write, position).id,
    offset: position.offset,
  }));
  write.run('INSERT OR IGNORE INTO groups (name) VALUES (?)', group);
  const { id } = write.get<{ id: number }>('SELECT id FROM groups WHERE name = ?', group)!;
  members.buryDead(id, now);
  const { active } = write.get<{ active: number }>(
    'SELECT count(*) AS active FROM members WHERE group_id = ?',
    id,
  )!;
  if (active > 0) {
    throw new FailureError(
      'TRAMLINE_GROUP_ACTIVE',
      `Group "${group}" has ${active} active member${active === 1 ? '' : 's'}. Stop its processes, then reset it; nothing was changed.`,
    );
  }
  for (const { id: partition, offset } of targets) store(write, id, partition, offset, '');
}

function store(
  write: Connection,
  groupId: number,
  partition: number,
  offset: number,
  metadata: string,
): void {
  write.run(
    `INSERT INTO commits (group_id, partition_id, "offset", metadata) VALUES (?, ?, ?, ?)
       ON CONFLICT (group_id, partition_id) DO UPDATE SET "offset" = excluded."offset", metadata = excluded.metadata`,
    groupId,
    partition,
    offset,
    metadata,
  );
}

export function committed(read: Connection, group: string, topics: readonly string[]): CommittedOffset[] {
  return [...new Set(topics)].flatMap((topic) =>
    read
      .all<CommittedOffset>(
        `SELECT topics.name AS topic, number AS partition, "offset", metadata
           FROM commits JOIN groups ON groups.id = group_id
           JOIN partitions ON partitions.id = partition_id JOIN topics ON topics.id = topic_id
           WHERE groups.name = ? AND topics.name = ? ORDER BY number`,
        group,
        topic,
      )
      .map((row) => ({ ...row })),
  );
}

const ALIVE = 'boot_id = ? AND heartbeat_at <= ? AND heartbeat_at + session_ms >= ?';

export function listGroups(read: Connection, bootId: string, now: number, prefix: string): string[] {
  const rows = read.all<{ name: string }>(
    `SELECT name FROM groups
       WHERE id IN (SELECT group_id FROM commits) OR id IN (SELECT group_id FROM members WHERE ${ALIVE}) ORDER BY name`,
    bootId,
    now,
    now,
  );
  return rows.map((row) => row.name).filter((name) => name.startsWith(prefix));
}

export function describeGroup(
  read: Connection,
  bootId: string,
  now: number,
  group: string,
): GroupDescription {
  const members = read.all<{ id: string; client_id: string }>(
    `SELECT members.id, client_id FROM members JOIN groups ON groups.id = group_id
       WHERE name = ? AND ${ALIVE} ORDER BY seq`,
    group,
    bootId,
    now,
    now,
  );
  return {
    group,
    members: members.map(({ id, client_id: clientId }) => ({
      memberId: id,
      clientId,
      partitions: heldBy(read, id),
    })),
  };
}

function heldBy(read: Connection, memberId: string): TopicPartition[] {
  return read
    .all<TopicPartition>(
      `SELECT name AS topic, number AS partition FROM assignments
         JOIN partitions ON partitions.id = partition_id JOIN topics ON topics.id = topic_id
         WHERE owner = ? ORDER BY name, number`,
      memberId,
    )
    .map((row) => ({ ...row }));
}
