import { partitionName, type StoredRecord } from '@tramline/core';
import { AT } from '../oracle/to-rec.ts';

/**
 * The record with its own place in the headers, for the runs that it leads to.
 * @param holding - in which it is delivered; empty when it was read without being held
 */
export function tagged(record: StoredRecord, holding: number | ''): StoredRecord {
  const own = record.headers.filter(([name]) => name !== AT);
  return {
    ...record,
    headers: [...own, [AT, Buffer.from(`${partitionName(record)}/${record.offset}#${holding}`)]],
  };
}
