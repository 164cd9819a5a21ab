import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BatchError } from '@tramline/core';
import { header, Placed, Rig } from '../../spec-support/rig.js';

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
afterEach(async () => {
  await rig.close();
  expect(rig.clock.pending).toBe(0);
});

/** Three events of one partition, in one batch that fails as told. */
async function failWith(failures: ReadonlyMap<number, unknown>) {
  const bus = await rig.started([
    {
      id: 'batch',
      events: [Placed],
      batch: { size: 3, wait: '50ms' },
      retry: { inPlace: 1, delays: [] },
      run: () => {
        throw new BatchError(failures as ReadonlyMap<number, Error>);
      },
    },
  ]);
  await Promise.all([0, 1, 2].map((n) => bus.events.publish(Placed, { userId: 'u', n }, { partition: 0 })));
  await rig.clock.advance('1s');
  return rig
    .dead()
    .map((letter) => [
      (JSON.parse(Buffer.from(letter.value!).toString()) as Placed).n,
      header(letter, 'tramline-error-message'),
    ]);
}

describe('a BatchError', () => {
  it('fails the events it names, also where what it says of them is no error', async () => {
    const letters = await failWith(
      new Map<number, unknown>([
        [0, 'a text'],
        [2, undefined],
      ]),
    );
    expect(letters).toEqual([
      [0, 'a text'],
      [2, 'undefined'],
    ]);
    expect(rig.seen('done')).toHaveLength(1);
  });

  it('fails all events when it names one that is not in the batch', async () => {
    const letters = await failWith(new Map([[3, new Error('which one?')]]));
    expect(letters.map(([n]) => n)).toEqual([0, 1, 2]);
    expect(rig.seen('done')).toEqual([]);
  });
});
