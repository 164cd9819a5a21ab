import {
  formatDuration,
  type Contract,
  type HandlerDescription,
  type PolicyDescription,
  type ServiceDescription,
} from '@tramline/core/ops';
import type { DocumentedGroup } from './channels.js';
import type { Json } from './document.js';
import { keyOf, LETTER, ref, WAITING } from './names.js';

/** One for each handler and topic: an operation has one channel. */
export function handlerOperations(services: readonly ServiceDescription[]): Json {
  return Object.fromEntries(
    services.flatMap(({ service, handlers }) =>
      handlers.flatMap((handler) => {
        const topics = new Set(handler.contracts.map(({ topic }) => topic));
        return [...topics].map((topic) => {
          const name = topics.size === 1 ? keyOf(service, handler.id) : keyOf(service, handler.id, topic);
          const contracts = handler.contracts.filter((one) => one.topic === topic);
          return [name, handlerOperation(service, handler, topic, contracts)];
        });
      }),
    ),
  );
}

function handlerOperation(
  service: string,
  handler: HandlerDescription,
  topic: string,
  contracts: readonly Contract[],
): Json {
  const { id, place, group, broadcast, once, batch, concurrency, timeoutMs, startFrom, enabled, policy } =
    handler;
  return {
    action: 'receive',
    channel: ref(`channels/${keyOf(topic)}`),
    messages: contracts.map(({ type }) => ref(`channels/${keyOf(topic)}/messages/${keyOf(type)}`)),
    summary: `${place} of service ${service}`,
    bindings: { kafka: { groupId: { type: 'string', enum: [group] }, bindingVersion: '0.5.0' } },
    'x-tramline': {
      ...{ service, handler: id, group, enabled, once, concurrency, startFrom },
      delivery: broadcast ? 'broadcast' : 'unicast',
      timeout: formatDuration(timeoutMs),
      ...(batch && { batch: { size: batch.size, wait: formatDuration(batch.waitMs) } }),
      retry: broadcast ? { inPlace: policy.inPlace } : policyJson(policy),
    },
  };
}

function policyJson({ inPlace, delaysMs, rules }: PolicyDescription): Json {
  return {
    ...{ inPlace, delays: delaysMs.map(formatDuration) },
    ...(rules.length > 0 && {
      on: rules.map(({ error, action }) => ({
        error,
        action:
          typeof action === 'string'
            ? action
            : { inPlace: action.inPlace, delays: action.delaysMs.map(formatDuration) },
      })),
    }),
  };
}

/** What a group does with events that a handler failed. */
export function groupOperations(groups: readonly DocumentedGroup[]): Json {
  const operation = (action: string, topic: string, message: string, summary: string) => ({
    ...{ action, summary },
    channel: ref(`channels/${keyOf(topic)}`),
    messages: [ref(`channels/${keyOf(topic)}/messages/${keyOf(message)}`)],
  });
  return Object.fromEntries(
    groups.flatMap(({ group, tiersMs }) => [
      ...tiersMs.flatMap((ms) => {
        const topic = `${group}.retry.${formatDuration(ms)}`;
        return [
          [keyOf(topic, 'send'), operation('send', topic, WAITING, `Group ${group} lets an event wait`)],
          [keyOf(topic, 'receive'), operation('receive', topic, WAITING, `Group ${group} takes it up again`)],
        ];
      }),
      [
        keyOf(group, 'dead', 'send'),
        operation('send', `${group}.dead`, LETTER, `Group ${group} gives an event up`),
      ],
    ]),
  ) as Json;
}
