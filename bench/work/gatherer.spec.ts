import { expect, it } from 'vitest';
import { Gatherer } from './gatherer.ts';

it('sends what came meanwhile as one batch, one after the other', async () => {
  const batches: (readonly number[])[] = [];
  const answers: (() => void)[] = [];
  const gatherer = new Gatherer<number>((batch) => {
    batches.push(batch);
    return new Promise<void>((resolve) => answers.push(resolve));
  });
  const first = [gatherer.add(1), gatherer.add(2)];
  await Promise.resolve();
  expect(batches).toEqual([[1, 2]]);
  const later = [gatherer.add(3), gatherer.add(4)];
  await Promise.resolve();
  expect(batches).toHaveLength(1);
  answers.shift()!();
  await expect
    .poll(() => batches)
    .toEqual([
      [1, 2],
      [3, 4],
    ]);
  answers.shift()!();
  await Promise.all([...first, ...later]);
  const last = gatherer.add(5);
  await expect.poll(() => batches.at(-1)).toEqual([5]);
  answers.shift()!();
  await last;
});
