import type { Lease } from '@tramline/core/outbox';
import { json } from './context.js';
import type { Names } from './names.js';

/** The buckets of leases, given as {@link fence}, whose epoch is still theirs: a relay writes in no others. */
export const leased = ({ lease }: Names): string =>
  `(SELECT l.bucket FROM json_each(?) e JOIN ${lease} l ON l.bucket = e.value->>0 AND l.epoch = e.value->>1)`;

/** The parameter of {@link leased}. */
export const fence = (leases: readonly Lease[]): string =>
  json(leases.map(({ bucket, epoch }) => [bucket, epoch]));
