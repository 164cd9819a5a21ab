import type { OutboxRow } from '@tramline/core/outbox';
import { headersReader } from '../sql/headers-text.js';
import type { Row } from '../sql/sql-client.js';

/** The columns that {@link rowReader} reads, of the table `o`. Bytes as base64: as hexadecimal they cost both sides twice as much. */
export const ROW_COLUMNS = `o.id, o.event_id, o.type, o.topic, encode(o.key, 'base64') AS key, o.partition, o.bucket, o.headers,
  encode(o.payload, 'base64') AS payload, o.attempts`;

/** Reads the rows of one page. Drivers give a bigint as text, number or bigint. Ids stay below 2^53 for longer than any table lives. */
export function rowReader(): (row: Row) => OutboxRow {
  const headers = headersReader();
  return (row) => ({
    rowId: Number(row.id),
    id: row.event_id as string,
    type: row.type as string,
    topic: row.topic as string,
    partition: row.partition === null ? undefined : Number(row.partition),
    bucket: Number(row.bucket),
    attempts: Number(row.attempts),
    record: {
      key: bytesOf(row.key as string | null),
      value: bytesOf(row.payload as string | null),
      headers: headers(row.headers as string),
    },
  });
}

/** The server breaks base64 into lines, which are skipped. */
function bytesOf(base64: string | null): Uint8Array | null {
  return base64 === null ? null : Buffer.from(base64, 'base64');
}
