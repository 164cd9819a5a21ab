import type { OutboxRow } from '@tramline/core/outbox';
import { headersFromText } from '../sql/headers-text.js';
import type { Row } from '../sql/sql-client.js';

/** The columns that {@link outboxRow} reads, of the table `o`. */
export const ROW_COLUMNS =
  'o.id, o.event_id, o.type, o.topic, o.key, o.partition, o.bucket, o.headers, o.payload, o.attempts';

/** Drivers give a bigint as text, number or bigint. Ids stay below 2^53 for longer than any table lives. */
export function outboxRow(row: Row): OutboxRow {
  return {
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
      headers: headersFromText(row.headers as string),
    },
  };
}
