import { VirtualClock } from '@tramline/testing';
import { beforeEach, expect, it } from 'vitest';
import { silentLog } from './log.js';
import { ThrottledLog } from './throttled-log.js';

let clock: VirtualClock;
let lines: string[];
let log: ThrottledLog;

beforeEach(() => {
  clock = new VirtualClock();
  lines = [];
  log = new ThrottledLog({ ...silentLog, warn: (line) => lines.push(line) }, clock);
});

const write = (kind: string, n: number) => log.write('warn', kind, () => `${kind}${n}`);

it('writes the first line of a kind at once, and the latest of a second with the number of the others', async () => {
  for (let n = 0; n < 5; n++) write('a', n);
  write('b', 0);
  expect(lines).toEqual(['a0', 'b0']);
  await clock.advance('1s');
  expect(lines.slice(2)).toEqual(['a4 (and 3 more like it)']);
  await clock.advance('1s');
  write('a', 6);
  expect(lines.slice(3)).toEqual(['a6']);
});

it('holds nothing back when it is closed, and leaves no timer', () => {
  for (let n = 0; n < 3; n++) write('a', n);
  log.close();
  expect(lines).toEqual(['a0', 'a2 (and 1 more like it)']);
  expect(clock.pending).toBe(0);
  write('a', 3);
  expect([lines.at(-1), clock.pending]).toEqual(['a3', 0]);
});
