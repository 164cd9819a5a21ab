import type { Contract, ServiceDescription } from '@tramline/core/ops';
import type { PayloadSchemas } from '../../services/describe-services.js';
import { eventChannels, groupChannels, groupsOf } from './channels.js';
import { eventMessages, groupMessages, headerSchemas } from './messages.js';
import { handlerOperations, groupOperations } from './operations.js';

/** What a document is made of. */
export interface DocumentParts {
  readonly title: string;
  readonly version: string;
  /** In front of every address. */
  readonly namespace: string | null;
  /** `host:port`, as far as they are known. */
  readonly brokers: readonly string[];
  readonly services: readonly ServiceDescription[];
  /** Besides those of the services. */
  readonly contracts: readonly Contract[];
  readonly schemaOf: PayloadSchemas;
}

/** Part of a document. */
export type Json = Readonly<Record<string, unknown>>;

/**
 * An AsyncAPI 3.0 document. Channels are topics: those of events, and of each group the retry tiers and the dead letters.
 * Operations are handlers (`receive`), and what a group does with events that a handler failed (`send`). What AsyncAPI has no
 * word for, policies above all, stands in `x-tramline`.
 */
export function documentOf(parts: DocumentParts): Json {
  const contracts = contractsOf(parts);
  const groups = groupsOf(parts.services);
  const description =
    'Written by `tramline asyncapi`. Values are JSON; metadata are CloudEvents 1.0 attributes in headers (binary mode).';
  return {
    asyncapi: '3.0.0',
    info: { title: parts.title, version: parts.version, description },
    defaultContentType: 'application/json',
    ...(parts.brokers.length > 0 && { servers: serversOf(parts.brokers) }),
    channels: { ...eventChannels(contracts, parts), ...groupChannels(groups, parts) },
    operations: { ...handlerOperations(parts.services), ...groupOperations(groups) },
    components: {
      messages: { ...eventMessages(contracts, parts.schemaOf), ...(groups.length > 0 && groupMessages()) },
      schemas: headerSchemas(groups.length > 0),
    },
  };
}

/** One for each type, sorted. */
function contractsOf({ services, contracts }: DocumentParts): readonly Contract[] {
  const all = [...contracts, ...services.flatMap((service) => service.contracts)];
  const byType = new Map<string, Contract>();
  // A handler that knows a name only must not hide what a contract says.
  for (const one of all) {
    const known = byType.get(one.type);
    if (!known || (!known.target && !known.schema)) byType.set(one.type, one);
  }
  return [...byType.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
}

function serversOf(brokers: readonly string[]): Json {
  return Object.fromEntries(
    brokers.map((host, index) => [`kafka${index + 1}`, { host: host.trim(), protocol: 'kafka' }]),
  );
}
