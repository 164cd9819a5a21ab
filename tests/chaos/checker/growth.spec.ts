import { expect, it } from 'vitest';
import { connectionsGrown, grown } from './growth.ts';

const life = (...samples: readonly (readonly [bytes: number, handles: number])[]) => ({
  name: 'sms-1',
  samples: samples.map(([bytes, handles]) => ({ bytes, handles })),
});

it('lets a process find its size, and go up and down', () => {
  expect(grown(life([30e6, 30], [45e6, 41], [38e6, 35], [90e6, 400]))).toEqual([]);
});

it('names memory and handles that only go up', () => {
  expect(grown(life([30e6, 30], [50e6, 60], [80e6, 90], [110e6, 120]))).toEqual([
    'sms-1 grew from 30.0 MB to 80.0 MB in use',
    'sms-1 grew from 30 to 90 open handles: 30, 60, 90, 120',
  ]);
});

it('says nothing of a short life', () => {
  expect(grown(life([30e6, 30], [80e6, 90]))).toEqual([]);
});

it('names connections that only go up, whichever process has them', () => {
  const counts = (...brokers: readonly number[]) =>
    brokers.map((count) => ({ brokers: count, database: 20 }));
  expect(connectionsGrown(counts(90, 60, 95, 80))).toEqual([]);
  expect(connectionsGrown(counts(60, 70, 110, 130))).toEqual([
    'connections to the brokers grew from 60 to 110',
  ]);
});
