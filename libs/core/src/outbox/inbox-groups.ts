import type { Handler } from '../consume/handler.js';
import type { Naming } from '../naming.js';
import type { InboxGroup } from './outbox-backend.js';

/** The groups whose handlers use the inbox, where their events come from, and how long they may go on being retried. */
export function inboxGroups(handlers: readonly Handler[], naming: Naming): readonly InboxGroup[] {
  const users = handlers.filter(({ once }) => once);
  return [...new Set(users.map(({ group }) => group))].map((group) => {
    const members = users.filter((handler) => handler.group === group);
    const topics = members.flatMap(({ contracts }) => contracts.map(({ topic }) => naming.topic(topic)));
    return {
      group,
      consumerGroup: naming.group(group),
      topics: [...new Set(topics)],
      longestRetryMs: Math.max(...members.map(longestRetry)),
    };
  });
}

function longestRetry({ policy }: Handler): number {
  const schedules = [
    policy,
    ...policy.rules.flatMap(([, action]) => (typeof action === 'object' ? action : [])),
  ];
  return Math.max(...schedules.map(({ delays }) => delays.reduce((sum, delay) => sum + delay, 0)));
}
