import { expect, it } from 'vitest';
import { rowNotRun, rowOf } from './row.ts';
import { table } from './table.ts';

it('takes the median of the rounds and says the spread', () => {
  expect(rowOf('embedded-publish', [12, 10.5, 31.999], 10, 'two callers')).toEqual({
    name: 'embedded-publish',
    ratio: 12,
    goal: 10,
    met: true,
    detail: '10.5 to 31.99 in 3 rounds; two callers',
  });
});

it('rounds downwards, so that a goal just missed is missed', () => {
  expect(rowOf('runtime', [0.6999], 0.7, '')).toMatchObject({ ratio: 0.69, met: false });
  expect(rowOf('runtime', [0.7], 0.7, '')).toMatchObject({ ratio: 0.7, met: true });
});

it('shows rows in columns, with the details below', () => {
  const rows = [
    rowOf('publish', [12], 10, 'fast'),
    rowOf('runtime', [0.5], 0.7, 'slow'),
    rowNotRun('far', 'no broker'),
  ];
  expect(table(rows).split('\n')).toEqual([
    '         ratio  goal',
    'publish  12.00    10  met',
    '    one round; fast',
    'runtime   0.50   0.7  NOT MET',
    '    one round; slow',
    'far          -     -  NOT RUN',
    '    not run: no broker',
    '',
  ]);
  expect(table([])).toBe('Nothing was measured.\n');
});
