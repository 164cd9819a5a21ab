import { embedded } from '@tramline/embedded';
import { kafka } from '@tramline/kafka';
import type { Carrier } from './outbox-work.ts';

/** The transport of a carrier. */
export function transportOf(carrier: Carrier) {
  return carrier.kind === 'embedded'
    ? embedded({ directory: carrier.directory })
    : kafka({ brokers: carrier.brokers });
}
