import type { Entry, User } from '../books/books.ts';
import { firstBehind } from './first-behind.ts';

/** A record as it lies in the log. */
export interface Logged {
  readonly eventId: string;
  readonly userId: string;
}

/** All that is there when everything has come to rest. */
export interface Found {
  /** How many users were to be committed. */
  readonly expected: number;
  /** By key, then count. */
  readonly users: readonly User[];
  /** Announcements of users, those of one key in the order of the log. */
  readonly registered: readonly Logged[];
  readonly awarded: readonly Logged[];
  readonly entries: readonly Entry[];
  /** Dead letters and dead rows, in words. */
  readonly dead: readonly string[];
}

/** More of one kind say nothing more. */
const MOST_OF_A_KIND = 5;

/** @returns what was violated, a sentence each */
export function violations(found: Found): string[] {
  return [
    ...few(counted(found)),
    ...few(delivered(found)),
    ...few(inOrder(found)),
    ...few(awardedOnce(found)),
    ...few(pointsOf(found)),
    ...few(found.dead),
  ];
}

/** Records of events that lay in the log before. */
export function repeats(records: readonly Logged[]): number {
  return records.length - new Set(records.map(({ eventId }) => eventId)).size;
}

/** That the tables themselves say what was asked for: else everything below would prove nothing. */
function* counted({ users, expected }: Found): Generator<string> {
  if (users.length !== expected) yield `${users.length} users are committed instead of ${expected}`;
  const last = new Map<string, number>();
  for (const { key, count } of users) {
    if (count !== (last.get(key) ?? 0) + 1) yield `the counter of ${key} skips to ${count}`;
    last.set(key, count);
  }
}

function* delivered({ users, registered }: Found): Generator<string> {
  const committed = new Set(users.map(({ eventId }) => eventId));
  const arrived = new Set(registered.map(({ eventId }) => eventId));
  for (const { eventId, userId } of users)
    if (!arrived.has(eventId)) yield `${userId} is committed, and the event never arrived`;
  for (const { eventId, userId } of registered)
    if (!committed.has(eventId)) yield `the event of ${userId} arrived, and was rolled back`;
}

function* inOrder({ users, registered }: Found): Generator<string> {
  for (const { key, count, before } of firstBehind(registered, users))
    yield `in ${key}, ${count} first appears behind ${before}`;
}

/** Consume, change, publish: one event for each input. */
function* awardedOnce({ users, awarded }: Found): Generator<string> {
  const ids = new Map<string, Set<string>>();
  for (const { userId, eventId } of awarded)
    ids.set(userId, (ids.get(userId) ?? new Set<string>()).add(eventId));
  for (const { userId } of users) {
    const count = ids.get(userId)?.size ?? 0;
    if (count !== 1) yield `points for ${userId} were announced by ${count} events instead of 1`;
  }
  const known = new Set(users.map(({ userId }) => userId));
  for (const userId of ids.keys())
    if (!known.has(userId)) yield `points were announced for ${userId}, who is nobody`;
}

function* pointsOf({ users, entries }: Found): Generator<string> {
  const sums = new Map<string, number>();
  for (const { userId, points } of entries) sums.set(userId, (sums.get(userId) ?? 0) + points);
  for (const { userId } of users) {
    const points = sums.get(userId) ?? 0;
    if (points !== 100) yield `${userId} has ${points} points instead of 100`;
    sums.delete(userId);
  }
  for (const userId of sums.keys()) yield `${userId} has points, and is nobody`;
}

function few(list: Iterable<string>): string[] {
  const all = [...list];
  if (all.length <= MOST_OF_A_KIND) return all;
  return [...all.slice(0, MOST_OF_A_KIND), `… and ${all.length - MOST_OF_A_KIND} more of this kind`];
}
