import { OutboxError } from '@tramline/core';
import type { OutboxEntry, WriterStore } from '@tramline/core/outbox';
import { bucketOf } from '../sql/bucket.js';
import { headersToText } from '../sql/headers-text.js';
import { json, type SqliteContext } from './context.js';
import { markTransaction } from './inbox.js';
import { NOW } from './names.js';
import { explained } from './sqlite-error.js';

/**
 * SQLite has one writer at a time, from its first write to its end. So ids of all rows ascend in the order of commits, and
 * neither `ordered` nor a lock is of any use here.
 */
export function writer<Tx>(context: SqliteContext<Tx>): WriterStore<Tx> {
  const { client, names } = context;
  // One statement, whatever the number of rows: all or nothing, also where the caller goes on after an error.
  const columns = 'event_id, type, topic, key, partition, bucket, headers, payload';
  const values = `value->>0, value->>1, value->>2, unhex(value->>3), value->>4, value->>5, value->>6, unhex(value->>7)`;
  const insert = `INSERT INTO ${names.outbox} (${columns}, created_at)
    SELECT ${values}, ${NOW} FROM json_each(?) ORDER BY json_each.key`;
  const schedule = `INSERT INTO ${names.scheduled} (due_at, ${columns})
    SELECT ${NOW} + ?, ${values} FROM json_each(?) ORDER BY json_each.key`;
  let buckets = 0;

  const countBuckets = async (tx: Tx): Promise<number> => {
    const [row] = await client.execute(tx, `SELECT count(*) AS buckets FROM ${names.lease}`, []);
    return Number(row!.buckets);
  };

  return {
    async insert(tx, entries, { delayMs }) {
      const fault = client.transactionFault(tx);
      if (fault !== undefined) throw new OutboxError('TRAMLINE_NO_TRANSACTION', fault);
      try {
        // Fixed when the tables were made, so once is enough.
        buckets ||= await countBuckets(tx);
        const touched = entries.map((entry) => bucketOf(entry, buckets));
        const rows = json(entries.map((entry, at) => rowOf(entry, touched[at]!)));
        if (delayMs === null) await client.execute(tx, insert, [rows]);
        else await client.execute(tx, schedule, [Math.ceil(delayMs), rows]);
        return touched;
      } catch (error) {
        throw explained(error);
      }
    },

    transaction: (work) =>
      client.transaction(async (tx) => {
        await markTransaction(context, tx);
        return work(tx);
      }),
  };
}

/** Bytes as hexadecimal: JSON has none, and SQLite reads this form by itself. */
function rowOf(entry: OutboxEntry, bucket: number): readonly unknown[] {
  const { id, type, topic, partition, record } = entry;
  return [
    id,
    type,
    topic,
    hex(record.key),
    partition ?? null,
    bucket,
    headersToText(record.headers),
    hex(record.value),
  ];
}

function hex(bytes: Uint8Array | null): string | null {
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
