import { defineEvent } from '@tramline/core';
import { openOps } from '@tramline/core/ops';
import { embedded } from '@tramline/embedded';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './support/in-process.ts';
import { deadLetters } from './support/letters.ts';
import { CliWorld } from './support/world.ts';

const TOPICS = 10_000;
const LETTERS = 200_000;

describe(`${TOPICS} topics`, () => {
  let world: CliWorld;
  beforeAll(async () => {
    world = new CliWorld();
    const ops = openOps({ transport: embedded({ directory: join(world.folder, '.tramline', 'log') }) });
    const names = Array.from({ length: TOPICS }, (_, n) => `shop-${n}.order.placed`);
    for (let from = 0; from < TOPICS; from += 1_000)
      await ops.topics.create(names.slice(from, from + 1_000).map((name) => ({ name, partitions: 1 })));
    const bus = world.service();
    await bus.events.publish(defineEvent<{ id: string }>('shop-7.order.placed', { key: 'id' }), { id: 'a' });
    await ops.close();
  }, 120_000);
  afterAll(() => world.close());

  /** In little memory, so that what grows with the log is seen. */
  const little = { NODE_OPTIONS: '--max-old-space-size=96' };

  it('are listed, for people and for programs', async () => {
    const listed = await world.run(['topics', 'list'], { variables: little });
    expect([listed.exit, listed.stderr]).toEqual([0, '']);
    expect(listed.stdout.trimEnd().split('\n')).toHaveLength(TOPICS + 1);
    const json = await world.run(['topics', 'list', '--json'], { variables: little });
    expect(json.stdout.trimEnd().split('\n')).toHaveLength(TOPICS);
    const some = await world.run(['topics', 'list', '--prefix', 'shop-999'], { variables: little });
    expect(some.stdout.trimEnd().split('\n')).toHaveLength(1 + 11);
  });

  it('fit the terminal, and end with its reader', async () => {
    const { stdout } = await run(world.folder, ['topics', 'list', '--no-color'], { columns: 60 });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(TOPICS + 1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    const head = await world.shell('tramline topics list | head -n 3');
    expect([head.exit, head.stderr, head.stdout.trimEnd().split('\n').length]).toEqual([0, '', 3]);
  });

  it('hide nothing from the doctor, and keep neither groups nor events waiting', async () => {
    const { exit, stdout } = await world.run(['doctor', '--json'], { variables: little });
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ counts: { fault: 0, warning: 0 } });
    expect((await world.run(['groups', 'list'], { variables: little })).stdout).toBe(
      'There are no groups.\n',
    );
    const tail = await world.run(['tail', '--no-follow', '--type', 'shop-7.order.placed', '--json']);
    expect(JSON.parse(tail.stdout)).toMatchObject({ payload: { id: 'a' } });
  });
});

describe(`${LETTERS} dead letters`, () => {
  let world: CliWorld;
  beforeAll(async () => {
    world = new CliWorld();
    await (await deadLetters(world, LETTERS)).close();
  }, 120_000);
  afterAll(() => world.close());

  const little = { NODE_OPTIONS: '--max-old-space-size=96' };
  const lines = (text: string) => text.trimEnd().split('\n');

  it('are listed in pages, the first without reading the rest', async () => {
    const first = await world.run(['dead', 'list', 'shop', '--json'], {
      variables: { NODE_OPTIONS: '--max-old-space-size=32' },
    });
    expect([first.exit, first.stderr]).toEqual([0, '']);
    expect(lines(first.stdout)).toHaveLength(51);
    const { next } = JSON.parse(lines(first.stdout).at(-1)!) as { next: string };
    const second = await world.run(['dead', 'list', 'shop', '--limit', '2', '--json', '--after', next]);
    expect(JSON.parse(lines(second.stdout)[0]!)).toMatchObject({ id: (50).toString(16).padStart(32, '0') });
  });

  it('are counted before they are redriven', async () => {
    const dry = await world.run(['dead', 'redrive', 'shop', '--all-letters', '--dry-run', '--json'], {
      variables: little,
    });
    expect(JSON.parse(dry.stdout)).toMatchObject({ redriven: LETTERS, repeated: 0 });
  });
});
