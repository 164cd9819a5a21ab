import { SeededRandom, VirtualClock } from '@tramline/testing';
import { beforeEach, expect, it } from 'vitest';
import { silentLog } from '../log/log.js';
import { Observations } from '../observe/observations.js';
import { TransportError } from '@tramline/core';
import { FailureWriter } from './failure-writer.js';

const away = new TransportError('TRAMLINE_AWAY', 'away');
const tooLarge = new TransportError('TRAMLINE_RECORD_TOO_LARGE', 'too large');
const record = { key: null, value: new Uint8Array(9), headers: [] };
const reference = { ...record, value: null };

let clock: VirtualClock;
let written: unknown[];
/** What the next appends answer; those after them work. */
let faults: Error[];
let writer: FailureWriter;

beforeEach(() => {
  clock = new VirtualClock();
  written = [];
  faults = [];
  const append = (_topic: string, one: unknown) => {
    const fault = faults.shift();
    if (fault) return Promise.reject(fault);
    written.push(one);
    return Promise.resolve();
  };
  writer = new FailureWriter(
    'shop',
    append,
    clock,
    new SeededRandom(1),
    silentLog,
    new Observations(silentLog),
  );
});

const write = (smaller?: () => typeof reference) =>
  writer.write('shop.retry.10s', record, new AbortController().signal, smaller);

/** What it rejects with; undefined when it resolves. */
const outcomeOf = (work: Promise<void>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

it('tries until it works, and tells of the trouble meanwhile', async () => {
  faults = [away, away];
  const done = write();
  await clock.advance('10ms');
  expect(writer.troubles).toMatchObject([{ topic: 'shop.retry.10s', error: away, since: 0 }]);
  await clock.advance('10s');
  await done;
  expect(written).toEqual([record]);
  expect(writer.troubles).toEqual([]);
});

it('writes what is smaller when the record is too large', async () => {
  faults = [tooLarge];
  await write(() => reference);
  expect(written).toEqual([reference]);
});

it('knows of no trouble any more when the broker is back and finds the record too large', async () => {
  faults = [away, tooLarge];
  const outcome = outcomeOf(write());
  await clock.advance('10s');
  expect(await outcome).toBe(tooLarge);
  expect(writer.troubles).toEqual([]);
});

it('gives up with the partition', async () => {
  faults = Array.from({ length: 50 }, () => away);
  const lost = new AbortController();
  const gone = new Error('gone');
  const outcome = outcomeOf(writer.write('shop.dead', record, lost.signal));
  await clock.advance('1s');
  lost.abort(gone);
  expect(await outcome).toBe(gone);
  expect(writer.troubles).toEqual([]);
  expect(clock.pending).toBe(0);
});

it('knows of no trouble any more when the partition goes just as the broker finds the record too large', async () => {
  faults = [away, tooLarge];
  const lost = new AbortController();
  const gone = new Error('gone');
  const smaller = () => {
    lost.abort(gone);
    return reference;
  };
  const outcome = outcomeOf(writer.write('shop.dead', record, lost.signal, smaller));
  await clock.advance('10s');
  expect(await outcome).toBe(gone);
  expect(writer.troubles).toEqual([]);
});
