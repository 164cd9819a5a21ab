import {
  DEAD_HEADERS,
  ENVELOPE_HEADERS,
  RETRY_HEADERS,
  type Contract,
  type HeaderDoc,
} from '@tramline/core/ops';
import type { PayloadSchemas } from '../../services/describe-services.js';
import type { Json } from './document.js';
import { keyOf, LETTER, ref, WAITING } from './names.js';

const ENVELOPE = 'tramline.headers';
const RETRY = 'tramline.retry-headers';
const DEAD = 'tramline.dead-headers';

export function eventMessages(contracts: readonly Contract[], schemaOf: PayloadSchemas): Json {
  return Object.fromEntries(
    contracts.map((contract) => {
      const { type, key, target } = contract;
      return [
        keyOf(type),
        {
          name: type,
          title: target?.name ?? type,
          contentType: 'application/json',
          headers: ref(`components/schemas/${ENVELOPE}`),
          payload: schemaOf(contract) ?? { type: 'object' },
          bindings: { kafka: { key: keySchema(key), bindingVersion: '0.5.0' } },
        },
      ];
    }),
  );
}

function keySchema(key: Contract['key']): Json {
  if (key === null) return { type: 'null', description: 'None: no order.' };
  const what = typeof key === 'string' ? `Property ${key} of the payload` : 'Computed of the payload';
  return { type: 'string', description: `${what}. Events of one key are in order.` };
}

/** What groups write: the event's own value, key and headers, and what happened to it. */
export function groupMessages(): Json {
  const message = (name: string, title: string, headers: string) => ({
    ...{ name, title },
    headers: { allOf: [ref(`components/schemas/${ENVELOPE}`), ref(`components/schemas/${headers}`)] },
    payload: { description: 'The value of the event, byte for byte.' },
  });
  return {
    [keyOf(WAITING)]: message(WAITING, 'An event that waits for another attempt', RETRY),
    [keyOf(LETTER)]: message(LETTER, 'A dead letter', DEAD),
  };
}

export function headerSchemas(withGroups: boolean): Json {
  return {
    [ENVELOPE]: schemaOfHeaders(ENVELOPE_HEADERS),
    ...(withGroups && {
      [RETRY]: schemaOfHeaders(RETRY_HEADERS),
      // A letter waits for nothing any more.
      [DEAD]: schemaOfHeaders([...RETRY_HEADERS.filter(({ name }) => !WAITS.has(name)), ...DEAD_HEADERS]),
    }),
  };
}

const WAITS: ReadonlySet<string> = new Set(['tramline-due', 'tramline-remaining']);

function schemaOfHeaders(headers: readonly HeaderDoc[]): Json {
  const properties = headers.map(({ name, about }) => [name, { type: 'string', description: about }]);
  return {
    type: 'object',
    properties: Object.fromEntries(properties) as Json,
    required: headers.filter(({ always }) => always).map(({ name }) => name),
  };
}
