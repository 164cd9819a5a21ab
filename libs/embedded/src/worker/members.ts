import type { GroupView, Holding, MemberState } from '../wire/messages.js';
import { assign } from './assign.js';
import type { Connection } from './connection.js';
import type { Machine } from './machine.js';
import { topicsVersion } from './topics.js';

/**
 * Membership of groups, decided by whoever's heartbeat comes first after a change: every heartbeat is one transaction
 * that buries the dead, shares out anew when members or topics changed, and hands over what is free.
 *
 * A partition changes hands in two steps: `target` is set to the new member, the owner reads in its next heartbeat that
 * it is asked back, and only its `release` (or its death) makes the target the owner, with a higher epoch.
 */
export class Members {
  constructor(
    private readonly write: Connection,
    private readonly machine: Machine,
  ) {}

  heartbeat(member: MemberState, now: number): GroupView {
    const group = this.#group(member.group);
    const before = this.write.get<{ heartbeat_at: number }>(
      'SELECT heartbeat_at FROM members WHERE id = ?',
      member.memberId,
    );
    let changed = !before;
    if (before) {
      this.write.run('UPDATE members SET heartbeat_at = ? WHERE id = ?', now, member.memberId);
    } else {
      this.#join(member, group.id, now);
    }
    // Whoever was silent itself, in a stall of the disk or of the machine, must not bury those that stalled with it.
    const mayJudge = !before || now - before.heartbeat_at < member.sessionMs / 2;
    if (mayJudge && this.buryDead(group.id, now) > 0) changed = true;
    if (changed || group.assigned_topics !== topicsVersion(this.write)) this.#share(group.id);
    this.#handOver(group.id);
    return this.#view(group.id, member.memberId, now);
  }

  release(memberId: string, partitions: readonly number[]): void {
    const group = this.#groupOf(memberId);
    if (group === undefined) return;
    for (const partition of partitions) {
      this.write.run(
        'UPDATE assignments SET owner = NULL WHERE group_id = ? AND partition_id = ? AND owner = ?',
        group,
        partition,
        memberId,
      );
    }
    this.#handOver(group);
  }

  leave(memberId: string): void {
    const group = this.#groupOf(memberId);
    if (group === undefined) return;
    this.#remove(memberId);
    this.#share(group);
    this.#handOver(group);
  }

  /** Removes members whose session is over, or who lived before the machine was started anew. Answers how many. */
  buryDead(groupId: number, now: number): number {
    const dead = this.write.all<{ id: string }>(
      'SELECT id FROM members WHERE group_id = ? AND (boot_id <> ? OR heartbeat_at > ? OR heartbeat_at + session_ms < ?)',
      groupId,
      this.machine.bootId,
      now,
      now,
    );
    for (const { id } of dead) this.#remove(id);
    return dead.length;
  }

  #join(member: MemberState, groupId: number, now: number): void {
    this.write.run(
      'INSERT INTO members (id, group_id, client_id, topics, session_ms, boot_id, heartbeat_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      member.memberId,
      groupId,
      member.clientId,
      JSON.stringify(member.topics),
      member.sessionMs,
      this.machine.bootId,
      now,
    );
  }

  #remove(memberId: string): void {
    this.write.run('DELETE FROM members WHERE id = ?', memberId);
    this.write.run('UPDATE assignments SET owner = NULL WHERE owner = ?', memberId);
    this.write.run('UPDATE assignments SET target = NULL WHERE target = ?', memberId);
  }

  /** Decides anew who shall have what. */
  #share(groupId: number): void {
    const members = this.write
      .all<{ id: string; topics: string }>(
        'SELECT id, topics FROM members WHERE group_id = ? ORDER BY seq',
        groupId,
      )
      .map(({ id, topics }) => ({ id, topics: new Set(JSON.parse(topics) as string[]) }));
    const partitions = this.write
      .all<{ id: number; topic: string; partition: number; owner: string | null; target: string | null }>(
        `SELECT partitions.id, name AS topic, number AS partition, owner, target
           FROM partitions JOIN topics ON topics.id = topic_id
           LEFT JOIN assignments ON partition_id = partitions.id AND group_id = ?`,
        groupId,
      )
      .filter(
        ({ topic, owner, target }) => owner ?? target ?? members.some((member) => member.topics.has(topic)),
      );
    const targets = assign(
      members,
      partitions.map((row) => ({ ...row, current: row.target ?? row.owner })),
    );
    let moved = 0;
    for (const { id, target } of partitions) {
      const wanted = targets.get(id) ?? null;
      if (wanted === target) continue;
      moved += this.write.run(
        `INSERT INTO assignments (group_id, partition_id, target) VALUES (?, ?, ?)
           ON CONFLICT (group_id, partition_id) DO UPDATE SET target = excluded.target`,
        groupId,
        id,
        wanted,
      );
    }
    this.write.run(
      'UPDATE groups SET assigned_topics = ?, generation = generation + ?, version = version + 1 WHERE id = ?',
      topicsVersion(this.write),
      moved > 0 ? 1 : 0,
      groupId,
    );
  }

  /** Gives what nobody has to those who shall have it. */
  #handOver(groupId: number): void {
    const given = this.write.run(
      'UPDATE assignments SET owner = target, epoch = epoch + 1 WHERE group_id = ? AND owner IS NULL AND target IS NOT NULL',
      groupId,
    );
    if (given > 0) this.write.run('UPDATE groups SET version = version + 1 WHERE id = ?', groupId);
  }

  #view(groupId: number, memberId: string, now: number): GroupView {
    const group = this.write.get<{ generation: number; version: number }>(
      'SELECT generation, version FROM groups WHERE id = ?',
      groupId,
    )!;
    const holdings = this.write
      .all<Omit<Holding, 'askedBack'> & { askedBack: number }>(
        `SELECT partition_id AS id, name AS topic, number AS partition, epoch, target IS NOT owner AS askedBack
           FROM assignments JOIN partitions ON partitions.id = partition_id JOIN topics ON topics.id = topic_id
           WHERE group_id = ? AND owner = ? ORDER BY name, number`,
        groupId,
        memberId,
      )
      .map((row) => ({ ...row, askedBack: row.askedBack === 1 }));
    const { next } = this.write.get<{ next: number | null }>(
      'SELECT min(heartbeat_at + session_ms) AS next FROM members WHERE group_id = ? AND id <> ?',
      groupId,
      memberId,
    )!;
    return { groupId, ...group, holdings, nextExpiryMs: next === null ? null : Math.max(0, next - now) };
  }

  #group(name: string): { id: number; assigned_topics: number } {
    const group = this.write.get<{ id: number; assigned_topics: number }>(
      'SELECT id, assigned_topics FROM groups WHERE name = ?',
      name,
    );
    return (
      group ?? { id: this.write.insert('INSERT INTO groups (name) VALUES (?)', name), assigned_topics: 0 }
    );
  }

  #groupOf(memberId: string): number | undefined {
    return this.write.get<{ group_id: number }>('SELECT group_id FROM members WHERE id = ?', memberId)
      ?.group_id;
  }
}
