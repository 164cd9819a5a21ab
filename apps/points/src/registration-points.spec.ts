import { Logger } from '@nestjs/common';
import type { EventBus } from '@tramline/nest';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Ledger } from './ledger/ledger.js';
import { RegistrationPoints } from './registration-points.js';

const ADA = { userId: 'ada', name: 'Ada', email: 'ada@example.com', phone: '+447700900123' };

const publish = vi.fn();
let ledger: Ledger;
let handler: RegistrationPoints;

beforeEach(async () => {
  Logger.overrideLogger(false);
  publish.mockReset();
  ledger = await Ledger.open(':memory:');
  handler = new RegistrationPoints(ledger, { publish } as unknown as EventBus);
});
afterEach(() => {
  ledger.onApplicationShutdown();
  Logger.overrideLogger(['log', 'warn', 'error', 'fatal']);
});

it('announces the award to the user with what a mail about it needs', async () => {
  await handler.award(ADA);
  expect(publish).toHaveBeenCalledTimes(1);
  expect(publish.mock.calls[0]?.[1]).toEqual({
    userId: 'ada',
    name: 'Ada',
    email: 'ada@example.com',
    points: 100,
    reason: 'registration',
  });
});

it('does nothing when the event comes again', async () => {
  await handler.award(ADA);
  await handler.award(ADA);
  expect(publish).toHaveBeenCalledTimes(1);
  expect(ledger.entries('ada')).toHaveLength(1);
});

it('announces again under the same id when the announcement failed, without a second entry', async () => {
  publish.mockRejectedValueOnce(new Error('the log is away'));
  await expect(handler.award(ADA)).rejects.toThrow('the log is away');
  await handler.award(ADA);
  const ids = publish.mock.calls.map(([, , options]) => (options as { id: string }).id);
  expect(ids).toHaveLength(2);
  expect(ids[0]).toBe(ids[1]);
  expect(ledger.entries('ada')).toHaveLength(1);
});
