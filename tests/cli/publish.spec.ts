import { defineEvent } from '@tramline/core';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliWorld } from './support/world.ts';

const Measured = defineEvent<{ id: string; n: number }>('much.measured', { key: 'id' });
const MANY = 450_000;
const BAD = 250_000;

let world: CliWorld;
beforeEach(async () => {
  world = new CliWorld();
  await world.service().events.publish(Measured, { id: 'first', n: -1 });
  world.configure(`
    import { defineEvent } from '{{@tramline/core}}';
    export default { contracts: [defineEvent('much.measured', { key: 'id' })] };
  `);
});
afterEach(() => world.close());

/** `count` payloads of about `bytes` bytes, one a line; that of line `bad` is broken. */
async function lines(name: string, count: number, bytes: number, bad = 0): Promise<string> {
  const path = join(world.folder, name);
  const file = createWriteStream(path);
  const pad = 'x'.repeat(bytes);
  for (let n = 1; n <= count; n++) {
    const room = file.write(n === bad ? '{"id":\n' : `{"id":"u${n % 100}","n":${n},"pad":"${pad}"}\n`);
    if (!room) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
  return path;
}

const published = async () => {
  const found: { id: string; n: number }[] = [];
  for await (const { event } of world.service().eventLog.read(Measured)) if (event.n >= 0) found.push(event);
  return found;
};

describe('tramline publish, much of it', () => {
  it('finds the bad line in the middle of 50 MB on stdin with 48 MB of heap, and sends nothing', async () => {
    const path = await lines('much.ndjson', MANY, 85, BAD);
    const { exit, stdout, stderr } = await world.shell(`cat ${path} | tramline publish much.measured`, {
      NODE_OPTIONS: '--max-old-space-size=48',
    });
    expect([exit, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^line 250000: is not JSON: /m);
    expect(stderr).toContain(
      "1 of 450,000 lines are not valid payloads of 'much.measured'; nothing was sent.",
    );
    expect(await published()).toEqual([]);
  });

  it('stopped by Ctrl-C says where to go on, and going on there loses and repeats nothing', async () => {
    await lines('much.ndjson', 30_000, 10);
    const first = world.start(['publish', 'much.measured', '--file', 'much.ndjson', '--json']);
    await first.until(({ stdout }) => stdout.includes('\n'));
    first.interrupt();
    const { exit, stdout, stderr } = await first.ended;
    expect(exit).toBe(1);
    const next = /Go on with --from-line (\d+)\./.exec(stderr)?.[1];
    expect(stderr).toContain('then stopped: Stopped by SIGINT.');
    expect(stdout.trimEnd().split('\n')).toHaveLength(Number(next) - 1);
    const second = await world.run([
      'publish',
      'much.measured',
      '--file',
      'much.ndjson',
      '--from-line',
      next!,
    ]);
    expect(second).toMatchObject({ exit: 0 });
    const found = await published();
    expect(found).toHaveLength(30_000);
    const ofOne = found.filter(({ id }) => id === 'u7').map(({ n }) => n);
    expect(ofOne).toEqual(Array.from({ length: 300 }, (_, index) => index * 100 + 7));
  });

  it('whose reader goes says where to go on, too', async () => {
    await lines('much.ndjson', 30_000, 10);
    const publish = world.start(['publish', 'much.measured', '--file', 'much.ndjson', '--json']);
    await publish.until(({ stdout }) => stdout.includes('\n'));
    publish.child.stdout!.destroy();
    const { exit, stderr } = await publish.ended;
    expect(exit).toBe(1);
    const [, sent, next] = /Published ([\d,]+) of 30,000 events, then stopped: .* --from-line (\d+)\./.exec(
      stderr,
    )!;
    expect(Number(sent!.replace(',', ''))).toBe(Number(next) - 1);
    expect(await published()).toHaveLength(Number(next) - 1);
  });
});
