import { expect, it } from 'vitest';
import { jsonOf, rowNotRun, rowOf } from './row.ts';
import { table } from './table.ts';

it('takes the median of the rounds and tells what was measured from how', () => {
  expect(rowOf('embedded-publish', [12, 10.5, 31.999], 10, '9 beside 1; two callers; no disk')).toEqual({
    name: 'embedded-publish',
    ratio: 12,
    ratios: [12, 10.5, 31.99],
    goal: 10,
    met: true,
    measured: '9 beside 1',
    how: 'two callers; no disk',
  });
});

it('rounds downwards, so that a goal just missed is missed', () => {
  expect(rowOf('runtime', [0.6999], 0.7, '')).toMatchObject({ ratio: 0.69, met: false });
  expect(rowOf('runtime', [0.7], 0.7, '')).toMatchObject({ ratio: 0.7, met: true });
});

it('says everything in words for programs', () => {
  expect(jsonOf(rowOf('embedded-publish', [12, 10.5, 31.999], 10, '9 beside 1; two callers'))).toEqual({
    name: 'embedded-publish',
    ratio: 12,
    goal: 10,
    met: true,
    detail: '10.5 to 31.99 in 3 rounds; 9 beside 1; two callers',
  });
  expect(jsonOf(rowNotRun('far', 'no broker'))).toEqual({
    name: 'far',
    ratio: null,
    goal: null,
    met: false,
    detail: 'not run: no broker',
  });
});

it('shows rows in columns, with the details below', () => {
  const rows = [
    rowOf('publish', [12, 9, 13], 10, 'fast'),
    rowOf('runtime', [0.5], 0.7, 'slow; alone'),
    rowNotRun('far', 'no broker'),
  ];
  expect(table(rows).split('\n')).toEqual([
    '         median  spread               goal',
    'publish   12.00  9 to 13 in 3 rounds    10  met',
    '    fast',
    'runtime    0.50  one round             0.7  NOT MET',
    '    slow; alone',
    'far           -  -                       -  NOT RUN',
    '    not run: no broker',
    '',
  ]);
  expect(table([])).toBe('Nothing was measured.\n');
});
