import { consoleLog, Tramline, type HandlerDefinition, type TransportProvider } from '@tramline/core';
import type { OutboxOptions } from '@tramline/outbox';
import { embedded } from '@tramline/embedded';
import { kafka } from '@tramline/kafka';
import type { Books } from '../books/books.ts';
import { Awarded, Registered } from '../events.ts';
import type { TransportPlace } from '../places.ts';

/** Short, so that a relay that was killed is soon replaced, and the next kill meets one that works. */
export const RELAY = { lease: '3s' } as const;

export interface BusOptions {
  readonly service: string;
  readonly transport: TransportPlace;
  readonly books: Books;
  readonly outbox: OutboxOptions;
  /** None: it joins no group. */
  readonly handlers?: readonly HandlerDefinition[];
}

/** A bus as every process of a soak has it. */
export function openBus({ service, transport, books, outbox, handlers }: BusOptions): Tramline {
  return new Tramline({
    service,
    transport: openTransport(transport),
    outbox: books.outbox(outbox),
    contracts: [Registered, Awarded],
    ...(handlers ? { handlers } : { consume: false }),
    log: consoleLog,
  });
}

function openTransport(place: TransportPlace): TransportProvider {
  if (place.kind === 'kafka') return kafka({ brokers: place.brokers });
  return embedded({ directory: place.directory });
}
