import type { Handler } from '../consume/handler.js';
import type { InboxGroup } from './outbox-backend.js';

/** The groups whose handlers use the inbox, and how long their events may go on being retried. */
export function inboxGroups(handlers: readonly Handler[]): readonly InboxGroup[] {
  const longest = new Map<string, number>();
  for (const { once, group, policy } of handlers) {
    if (!once) continue;
    const schedules = [
      policy,
      ...policy.rules.flatMap(([, action]) => (typeof action === 'object' ? action : [])),
    ];
    const waits = schedules.map(({ delays }) => delays.reduce((sum, delay) => sum + delay, 0));
    longest.set(group, Math.max(longest.get(group) ?? 0, ...waits));
  }
  return [...longest].map(([group, longestRetryMs]) => ({ group, longestRetryMs }));
}
