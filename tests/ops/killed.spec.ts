import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { embedded } from '@tramline/embedded';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../kafka/support/until.ts';
import { all, OpsWorld, sorted } from './ops-world.ts';

const OPERATOR = fileURLToPath(new URL('./killed-operator.ts', import.meta.url));
const LETTERS = 10;
/** Before and after each write of an operation that makes so many. */
const steps = (writes: number) =>
  Array.from({ length: writes }, (_, write) =>
    (['before', 'after'] as const).map((when) => [when, write] as const),
  ).flat();
/** Its letters are `redriving`, one write for each of two partitions, its letters are `redriven`. */
const REDRIVE = steps(4);
/** The other letters of the key's partition once more, then all before them away. */
const ERASURE = steps(2);
const numbers = Array.from({ length: LETTERS }, (_, n) => n);

describe('an operator who is killed with kill -9', () => {
  let directory: string;
  let world: OpsWorld;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tramline-killed-'));
    world = new OpsWorld(embedded({ directory }));
  });
  afterEach(async () => {
    await world.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** @returns whether it was killed before it had come to its end */
  const operator = (operation: string, write: number, when: string) =>
    new Promise<boolean>((resolve, reject) => {
      const words = [OPERATOR, directory, world.namespace, operation, String(write), when];
      const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] });
      child.once('error', reject);
      child.once('exit', (code, signal) =>
        code === 0 || signal === 'SIGKILL'
          ? resolve(signal === 'SIGKILL')
          : reject(new Error(`The operator ended with ${String(code ?? signal)}.`)),
      );
    });

  it.each(REDRIVE)(
    '%s write %i of a redrive: nothing is lost, and what may repeat is said',
    async (when, write) => {
      const bus = await world.started([world.failing('charge'), world.handler('see')]);
      await world.publish(bus, 0, LETTERS);
      const letters = world.ops().dead.of('shop');
      await world.letters(letters, LETTERS);
      world.broken = false;
      world.seen.length = 0;
      expect(await operator('redrive', write, when)).toBe(true);
      const left = await all(letters.list());
      const interrupted = left.filter(({ state }) => state?.state === 'redriving');
      const result = await letters.redrive({}, { actor: 'ann', rate: 1_000 });
      expect(result).toMatchObject({ redriven: left.length, repeated: interrupted.length, refused: [] });
      await until('every letter is handled', () => new Set(world.runs('charge')).size === LETTERS);
      await until('nothing is left to do', async () => (await world.ops().groups.describe('shop')).lag === 0);
      expect(new Set(world.runs('charge'))).toEqual(new Set(numbers));
      expect(world.runs('charge').length).toBeLessThanOrEqual(LETTERS + interrupted.length);
      expect(world.runs('see')).toEqual([]);
      expect(await letters.count()).toBe(0);
    },
  );

  it.each(ERASURE)(
    '%s write %i of an erasure: other letters stay, and a second run ends it',
    async (when, write) => {
      const bus = await world.started([world.failing('charge')]);
      await world.publish(bus, 0, LETTERS);
      const letters = world.ops().dead.of('shop');
      const before = await world.letters(letters, LETTERS);
      const ids = (found: typeof before) =>
        sorted(found.map(({ history }) => history.origin.offset * 10 + history.origin.partition));
      const others = before.filter(({ envelope }) => envelope.key !== 'k1');
      expect(await operator('erase', write, when)).toBe(true);
      const kept = (await all(letters.list())).filter(({ envelope }) => envelope.key !== 'k1');
      expect(ids(kept)).toEqual(ids(others));
      await letters.erase('k1');
      expect(ids(await all(letters.list({}, { all: true })))).toEqual(ids(others));
      world.broken = false;
      world.seen.length = 0;
      expect(await letters.redrive({}, { actor: 'ann', rate: 1_000 })).toMatchObject({
        redriven: others.length,
      });
      await until('the others are handled', () => world.runs('charge').length === others.length);
    },
  );

  it('in the middle of a replay: run again it reaches every event', async () => {
    const bus = await world.started([world.handler('charge')]);
    await world.publish(bus, 0, LETTERS);
    await until('all are handled', () => world.seen.length === LETTERS);
    for (const when of ['before', 'after'] as const) {
      world.seen.length = 0;
      expect(await operator('replay', 0, when)).toBe(true);
      await world.ops().events.replay({ group: 'shop', handlerId: 'charge', type: 'order.placed' });
      await until('all come again', () => new Set(world.runs('charge')).size === LETTERS);
    }
  });
});
