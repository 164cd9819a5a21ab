import { OutboxError } from '@tramline/core';
import type { InboxStore } from '@tramline/core/outbox';
import { json, type SqliteContext } from './context.js';
import { NOW } from './names.js';
import { explained, isSavepointGone } from './sqlite-error.js';

/** Set when a transaction begins, and gone when it ended: the only thing that tells one from the next on a connection. */
const MARK = '"tramline transaction"';

/** What handlers with `once: true` have done. */
export function inbox<Tx>({ client, names }: SqliteContext<Tx>): InboxStore<Tx> {
  // An UPDATE takes the only write lock, also when it finds nothing: nobody can come between it and the INSERT.
  const seen = `UPDATE ${names.inbox} SET seen_at = ${NOW}, topic = ?, partition = ?,
      position = CASE WHEN topic = ? AND partition = ? THEN max(position, ?) ELSE ? END
    WHERE group_name = ? AND event_id = ? AND handler IN (SELECT value FROM json_each(?)) RETURNING handler`;
  const insert = `INSERT INTO ${names.inbox}
      (group_name, handler, event_id, topic, partition, position, handled_at, seen_at)
    VALUES (?, ?, ?, ?, ?, ?, ${NOW}, ${NOW})`;
  const forget = `DELETE FROM ${names.inbox} WHERE (group_name, handler, event_id) IN (
      SELECT i.group_name, i.handler, i.event_id
      FROM json_each(?) c CROSS JOIN ${names.inbox} i
        ON i.group_name = ? AND i.topic = c.value->>0 AND i.partition = c.value->>1
      WHERE i.seen_at < ${NOW} - ? AND i.position < c.value->>2 LIMIT ?
    ) RETURNING event_id`;
  const known = `SELECT event_id FROM ${names.inbox}
    WHERE group_name = ? AND handler = ? AND event_id IN (SELECT value FROM json_each(?))`;
  const effects = `SELECT count(*) AS effects FROM json_each(?) r CROSS JOIN ${names.inbox} i
      ON i.group_name = ? AND i.topic = r.value->>0 AND i.partition = r.value->>1
    WHERE i.position >= r.value->>2 AND i.position < r.value->>3`;

  return {
    async remember(tx, { group, handlerId, aliases, eventId, origin }) {
      const fault = client.transactionFault(tx);
      if (fault !== undefined) throw new OutboxError('TRAMLINE_NO_TRANSACTION', fault);
      const { topic, partition, offset } = origin;
      const place = [topic, partition, offset] as const;
      try {
        const known = await client.execute(tx, seen, [
          ...[topic, partition, ...place, offset],
          ...[group, eventId, json([handlerId, ...aliases])],
        ]);
        if (known.length > 0) return false;
        await client.execute(tx, insert, [group, handlerId, eventId, ...place]);
        return true;
      } catch (error) {
        throw explained(error);
      }
    },

    async isOpen(tx) {
      if (client.transactionFault(tx) !== undefined) return false;
      try {
        await client.execute(tx, `RELEASE ${MARK}`, []);
        await client.execute(tx, `SAVEPOINT ${MARK}`, []);
        return true;
      } catch (error) {
        if (isSavepointGone(error)) return false;
        throw error;
      }
    },

    async forget(group, committed, keepMs, limit) {
      const places = json(committed.map(({ topic, partition, offset }) => [topic, partition, offset]));
      return (await client.query(forget, [places, group, keepMs, limit])).length;
    },

    async known(group, handlerId, eventIds) {
      const rows = await client.query(known, [group, handlerId, json([...eventIds])]);
      return new Set(rows.map((row) => row['event_id'] as string));
    },

    async effects(group, ranges) {
      const places = json(ranges.map(({ topic, partition, from, to }) => [topic, partition, from, to]));
      const [row] = await client.query(effects, [places, group]);
      return Number(row!['effects']);
    },
  };
}

/** Marks a transaction that has just begun, so that {@link InboxStore.isOpen} knows it again. */
export async function markTransaction<Tx>({ client }: SqliteContext<Tx>, tx: Tx): Promise<void> {
  await client.execute(tx, `SAVEPOINT ${MARK}`, []);
}
