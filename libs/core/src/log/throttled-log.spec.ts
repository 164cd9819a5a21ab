import { VirtualClock } from '@tramline/testing';
import { expect, it } from 'vitest';
import { silentLog } from './log.js';
import { ThrottledLog } from './throttled-log.js';

it('writes one line of a kind a second and counts the others', async () => {
  const clock = new VirtualClock();
  const lines: string[] = [];
  const log = new ThrottledLog({ ...silentLog, warn: (line) => lines.push(line) }, clock);
  for (let n = 0; n < 5; n++) log.write('warn', 'a', () => `a${n}`);
  log.write('warn', 'b', () => 'b');
  await clock.advance('1s');
  log.write('warn', 'a', () => 'a5');
  await clock.advance('1s');
  log.write('warn', 'a', () => 'a6');
  expect(lines).toEqual(['a0', 'b', 'a5 (and 4 more like it before)', 'a6']);
});
