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
  // Whoever was in the first batch does not wait for the second.
  await Promise.all(first);
  answers.shift()!();
  await Promise.all(later);
  const last = gatherer.add(5);
  await expect.poll(() => batches.at(-1)).toEqual([5]);
  answers.shift()!();
  await last;
});

it('goes on after a batch that failed, of which only those in it are told', async () => {
  let fails = true;
  const gatherer = new Gatherer<number>(async () => {
    if (fails) throw new Error('away');
  });
  const first = gatherer.add(1);
  await expect(first).rejects.toThrow('away');
  fails = false;
  await gatherer.add(2);
});
