import type { OutboxRow } from '@tramline/core/outbox';
import { headersReader } from '../sql/headers-text.js';
import type { Row } from '../sql/sql-client.js';

/** The columns that {@link rowReader} reads, of the table `o`. */
export const ROW_COLUMNS =
  'o.id, o.event_id, o.type, o.topic, o.key, o.partition, o.bucket, o.headers, o.payload, o.attempts';

/** Reads the rows of one page. */
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
      key: row.key as Uint8Array | null,
      value: row.payload as Uint8Array | null,
      headers: headers(row.headers as string),
    },
  });
}
