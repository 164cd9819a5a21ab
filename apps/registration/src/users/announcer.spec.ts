import { Logger } from '@nestjs/common';
import type { EventBus } from '@tramline/nest';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Announcer } from './announcer.js';
import { UsersStore } from './users.store.js';

const publish = vi.fn();
let users: UsersStore;
let announcer: Announcer;

beforeEach(async () => {
  Logger.overrideLogger(false);
  publish.mockReset().mockResolvedValue({});
  users = await UsersStore.open(':memory:');
  announcer = new Announcer({ publish } as unknown as EventBus, users);
});
afterEach(async () => {
  await announcer.onModuleDestroy();
  users.onApplicationShutdown();
  Logger.overrideLogger(['log', 'warn', 'error', 'fatal']);
});

const add = (n: number) => users.add({ name: 'Ada', email: `ada.${n}@example.com`, phone: '+447700900123' });
const publishedIds = () => publish.mock.calls.map(([, , options]) => (options as { id: string }).id);

it('publishes under the id of the row, and marks the row', async () => {
  const registration = add(1);
  expect(await announcer.announce(registration)).toBe(true);
  expect(publishedIds()).toEqual([registration.eventId]);
  expect(users.notAnnounced(10)).toEqual([]);
});

it('leaves the row for later when the publish fails', async () => {
  publish.mockRejectedValue(new Error('the log is away'));
  const registration = add(1);
  expect(await announcer.announce(registration)).toBe(false);
  expect(users.notAnnounced(10)).toEqual([registration]);
});

it('publishes once when it is asked twice at a time', async () => {
  const registration = add(1);
  await Promise.all([announcer.announce(registration), announcer.announce(registration)]);
  expect(publish).toHaveBeenCalledTimes(1);
});

it('publishes what an earlier process left behind, pages of it, under the same ids', async () => {
  const left = Array.from({ length: 250 }, (_, n) => add(n).eventId);
  announcer.onApplicationBootstrap();
  await vi.waitUntil(() => users.notAnnounced(1).length === 0);
  expect(publishedIds().sort()).toEqual(left.sort());
});

it('tries again what failed until it is out', async () => {
  publish.mockRejectedValueOnce(new Error('the log is away'));
  const { eventId } = add(1);
  announcer.onApplicationBootstrap();
  await vi.waitUntil(() => users.notAnnounced(1).length === 0, { timeout: 10_000 });
  expect(publishedIds()).toEqual([eventId, eventId]);
});

it('waits for what is under way when it stops, and begins nothing more', async () => {
  const answer = Promise.withResolvers<object>();
  publish.mockReturnValue(answer.promise);
  void announcer.announce(add(1));
  const stopped = announcer.onModuleDestroy();
  expect(await announcer.announce(add(2))).toBe(false);
  answer.resolve({});
  await stopped;
  expect(users.notAnnounced(10)).toHaveLength(1);
  expect(publish).toHaveBeenCalledTimes(1);
});
