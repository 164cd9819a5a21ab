import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { PointsAwarded, UserRegistered } from '@tramline/sample-events';
import { type EventContext, Tramline } from '@tramline/core';
import { memory } from '@tramline/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SqliteDatabase } from './database/sqlite.js';
import { RegistrationPoints } from './registration-points.js';

const ADA = { userId: 'ada', name: 'Ada', email: 'ada@example.com', phone: '+447700900123' };

let directory: string;
let database: SqliteDatabase;
let bus: Tramline;
let handled: number;

beforeEach(async () => {
  Logger.overrideLogger(false);
  directory = await mkdtemp(join(tmpdir(), 'points-'));
  database = await SqliteDatabase.open(join(directory, 'ledger.db'));
  handled = 0;
  bus = new Tramline({
    service: 'points',
    transport: memory(),
    outbox: database.outbox,
    contracts: [PointsAwarded],
  });
  const points = new RegistrationPoints(database.ledger, bus.outbox);
  await bus.start([
    {
      id: 'points',
      events: [UserRegistered],
      once: true,
      run: async (event: UserRegistered, context: EventContext) => {
        handled++;
        await points.award(event, context);
      },
    },
  ]);
});
afterEach(async () => {
  await bus.close();
  await database.close();
  await rm(directory, { recursive: true });
  Logger.overrideLogger(['log', 'warn', 'error', 'fatal']);
});

const register = (id?: string) => bus.events.publish(UserRegistered, ADA, id === undefined ? {} : { id });
const awarded = async () => {
  const events: PointsAwarded[] = [];
  for await (const { event } of bus.eventLog.read(PointsAwarded)) events.push(event);
  return events;
};

it('gives points, and announces them with what a mail about it needs', async () => {
  await register();
  await vi.waitUntil(async () => (await awarded()).length > 0, { timeout: 20_000 });
  expect(await awarded()).toMatchObject([
    { userId: 'ada', name: 'Ada', email: 'ada@example.com', points: 100, reason: 'registration' },
  ]);
  expect(await database.ledger.entries('ada')).toMatchObject([{ points: 100, reason: 'registration' }]);
});

it('does nothing when the event comes again', async () => {
  const known: string[] = [];
  bus.observations.observe((seen) => void (seen.kind === 'known' && known.push(seen.eventId)));
  const { eventId } = await register();
  await register(eventId);
  await vi.waitUntil(() => known.length > 0, { timeout: 20_000 });
  await vi.waitUntil(async () => (await awarded()).length > 0, { timeout: 20_000 });
  expect(known).toEqual([eventId]);
  expect(handled).toBe(1);
  expect(await awarded()).toHaveLength(1);
  expect(await database.ledger.entries('ada')).toHaveLength(1);
});

it('takes the entry back when the announcement fails, and gives both with the next attempt', async () => {
  const publish = vi.spyOn(bus.outbox, 'publish').mockRejectedValueOnce(new Error('no'));
  await register();
  await vi.waitUntil(async () => (await awarded()).length > 0, { timeout: 20_000 });
  expect(publish).toHaveBeenCalledTimes(2);
  expect(await database.ledger.entries('ada')).toHaveLength(1);
});
