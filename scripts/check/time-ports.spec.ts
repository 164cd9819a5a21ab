import { describe, expect, it } from 'vitest';
import { findTimeFaults, isUnderTheRule } from './time-ports.ts';

const usesIn = (text: string) =>
  findTimeFaults({ path: 'libs/core/src/a.ts', text }).map(({ message }) => message.split(':')[0]);

describe('time and randomness of the core', () => {
  it.each([
    ['const now = Date.now();', 'Date.now'],
    ['const now = new Date();', 'new Date()'],
    ['const now = performance.now();', 'performance'],
    ['const now = process.hrtime.bigint();', 'hrtime'],
    ['setTimeout(() => {}, 1);', 'setTimeout'],
    ['globalThis.setTimeout(() => {}, 1);', 'setTimeout'],
    ['const later = setInterval;', 'setInterval'],
    ['setImmediate(() => {});', 'setImmediate'],
    ['const share = Math.random();', 'Math.random'],
    [`import { randomUUID } from 'node:crypto';`, 'randomUUID'],
    ['const id = crypto.randomUUID();', 'randomUUID'],
    [`import { setTimeout as sleep } from 'node:timers/promises';`, 'setTimeout'],
    ['const signal = AbortSignal.timeout(5);', 'AbortSignal.timeout'],
  ])('%s is refused', (text, use) => {
    expect(usesIn(text)).toEqual([use]);
  });

  it.each([
    'const date = new Date(millis);',
    '// Date.now() would break the simulation\nconst text = "setTimeout";',
    'interface Clock { setTimeout(run: () => void, ms: number): Timer }',
    'const timer = clock.setTimeout(run, 5);',
    'const id = random.randomUUID();',
    'const size = Math.max(1, 2);',
  ])('%s is allowed', (text) => {
    expect(usesIn(text)).toEqual([]);
  });

  it('leaves out the folder of the ports, the specs and the other libs', () => {
    const paths = [
      'libs/core/src/time/a.ts',
      'libs/core/src/a.spec.ts',
      'libs/embedded/src/a.ts',
      'libs/core/src/a.ts',
    ];
    expect(paths.map((path) => isUnderTheRule({ path, text: '' }))).toEqual([false, false, false, true]);
  });
});
