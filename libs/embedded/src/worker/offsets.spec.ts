import { expect, it } from 'vitest';
import { testDirectory } from '../spec/directory.js';
import { appendTo, testStore, testTopic } from '../spec/store.js';
import { offsetsAt, STRETCH } from './offsets.js';

it('finds offsets by time, over full stretches, unfilled ones, and times that go back', async () => {
  const store = await testStore(testDirectory());
  testTopic(store, { name: 't' });
  // Appends of uneven sizes, so that stretches end in the middle of them.
  const count = STRETCH * 3 + 100;
  const times = Array.from({ length: count }, (_, index) => index * 10 - (index % 7 === 0 ? 500 : 0));
  for (let from = 0; from < count; from += 700) {
    appendTo(
      store,
      't',
      times.slice(from, from + 700).map((time) => [time, null, 'x'] as const),
    );
  }
  for (const time of [-1_000, 0, 5, 10_235, 10_240, 20_481, 30_000, 31_500, times.at(-1)!, 1_000_000]) {
    const first = times.findIndex((candidate) => candidate >= time);
    expect(offsetsAt(store.read, 't', time), `at ${time}`).toEqual([
      { partition: 0, offset: first === -1 ? count : first },
    ]);
  }
  expect(store.read.all('SELECT until_offset FROM stretches')).toHaveLength(3);
});
