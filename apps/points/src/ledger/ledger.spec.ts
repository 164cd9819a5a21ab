import { afterEach, beforeEach, expect, it } from 'vitest';
import { Ledger } from './ledger.js';

let ledger: Ledger;
beforeEach(async () => {
  ledger = await Ledger.open(':memory:');
});
afterEach(() => ledger.onApplicationShutdown());

it('gives points once per user and reason, and says under which id they are announced', () => {
  const first = ledger.award('ada', 'registration', 100);
  const again = ledger.award('ada', 'registration', 100);
  expect(again).toEqual(first);
  expect(ledger.entries('ada')).toMatchObject([{ points: 100, reason: 'registration' }]);
});

it('keeps users and reasons apart', () => {
  const ids = [
    ledger.award('ada', 'registration', 100),
    ledger.award('ada', 'birthday', 50),
    ledger.award('grace', 'registration', 100),
  ].map(({ eventId }) => eventId);
  expect(new Set(ids).size).toBe(3);
  expect(ledger.entries('ada').map(({ points }) => points)).toEqual([100, 50]);
  expect(ledger.entries('nobody')).toEqual([]);
});

it('remembers what was announced, and nothing else', () => {
  const { eventId } = ledger.award('ada', 'registration', 100);
  ledger.award('grace', 'registration', 100);
  ledger.announced(eventId);
  expect(ledger.award('ada', 'registration', 100)).toEqual({ eventId, announced: true });
  expect(ledger.award('grace', 'registration', 100).announced).toBe(false);
});
