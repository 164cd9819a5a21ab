import { defineEvent } from '@tramline/core';
import { nodeSqlite } from '@tramline/outbox/node-sqlite';
import { readdirSync, statSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from './support/in-process.ts';
import { deadLetters, recordsOf } from './support/letters.ts';
import { CliWorld } from './support/world.ts';

const Placed = defineEvent<{ id: string }>('order.placed', { key: 'id' });

let world: CliWorld;
beforeEach(() => {
  world = new CliWorld();
});
afterEach(() => world.close());

/** Runs a command on a terminal, and presses Ctrl-C when the bar of its work is drawn for the first time. */
async function pressedAtTheBar(line: string, bar: string) {
  const ending = new AbortController();
  return run(world.folder, line.split(' '), {
    columns: 100,
    signal: ending.signal,
    onStderr: (text) => {
      if (text.includes(bar)) ending.abort(new Error('Stopped by SIGINT.'));
    },
  });
}

const first = <T>(json: readonly unknown[]) => json[0] as T;

describe('Ctrl-C', () => {
  it('while payloads come on stdin: nothing is sent, and no copy of them stays behind', async () => {
    await world.service().events.publish(Placed, { id: 'before' });
    const publish = world.start(['publish', 'order.placed', '--key', 'a'], {
      stdin: '{"id":"a"}\n',
      isStdinOpen: true,
      variables: { TMPDIR: world.folder },
    });
    const spooled = () =>
      readdirSync(world.folder)
        .filter((name) => name.startsWith('tramline-publish-'))
        .some(
          (name) =>
            (statSync(join(world.folder, name, 'payloads'), { throwIfNoEntry: false })?.size ?? 0) > 0,
        );
    await publish.until(spooled);
    publish.interrupt();
    const { exit, stdout, stderr } = await publish.ended;
    expect([exit, stdout, stderr]).toEqual([1, '', 'tramline: Stopped by SIGINT.\n']);
    expect(readdirSync(world.folder).filter((name) => name.startsWith('tramline-publish-'))).toEqual([]);
    const found = await world.run(['tail', '--no-follow', '--json']);
    expect(found.stdout.trimEnd().split('\n')).toHaveLength(1);
  });

  it('in a redrive: shows how far it is, ends between two steps, and goes on when it is run again', async () => {
    const bus = await deadLetters(world, 3_000);
    await bus.close();
    const line = 'dead redrive shop --all-letters --rate 100000 --yes';
    const stopped = await pressedAtTheBar(`${line} --json`, 'Redriving [');
    expect(stopped.exit).toBe(1);
    expect(stopped.stderr).toMatch(/Redriving \[#*-*\] [\d,]+ of 3,000/);
    const again = await run(world.folder, `${line} --json`.split(' '));
    const [one, two] = [stopped, again].map(({ json }) =>
      first<{ redriven: number; stopped: boolean }>(json),
    );
    expect(one).toMatchObject({ stopped: true, repeated: 0 });
    expect(one!.redriven).toBeLessThan(3_000);
    expect([again.exit, one!.redriven + two!.redriven]).toEqual([0, 3_000]);
    expect(await recordsOf(world.service().transport, 'shop.retry.now')).toHaveLength(3_000);
  });

  it('in a discarding: what is left waits', async () => {
    await (await deadLetters(world, 3_000)).close();
    const line = 'dead discard shop --handler charge --reason old --yes --json';
    const stopped = await pressedAtTheBar(line, 'Discarding [');
    const again = await run(world.folder, line.split(' '));
    const [one, two] = [stopped, again].map(({ json }) =>
      first<{ discarded: number; stopped: boolean }>(json),
    );
    expect([stopped.exit, one!.stopped, again.exit]).toEqual([1, true, 0]);
    expect(one!.discarded).toBeLessThan(3_000);
    expect(one!.discarded + two!.discarded).toBe(3_000);
  });

  it('in a replay of the built command: says how to go on, and all come once', async () => {
    const bus = world.service({
      topics: { partitions: 1 },
      handlers: [{ id: 'see', events: [Placed], run: () => undefined }],
    });
    await bus.start();
    await expect.poll(() => bus.health().ready, { timeout: 20_000 }).toBe(true);
    await Promise.all(Array.from({ length: 300 }, () => bus.events.publish(Placed, { id: 'a' })));
    await bus.close();
    const { transport } = world.service();
    const sent = async () => (await transport.topics.offsets('shop.retry.now'))[0]!.end;
    const words = ['replay', 'order.placed', '--group', 'shop', '--handler', 'see', '--yes'];
    const replay = world.start([...words, '--rate', '50']);
    await expect.poll(sent, { timeout: 20_000 }).toBeGreaterThan(0);
    replay.interrupt();
    const { exit, stdout, stderr } = await replay.ended;
    expect([exit, stderr]).toEqual([1, 'tramline: Stopped by SIGINT.\n']);
    const goOn = /--resume (\S+) --position (\S+)/.exec(stdout)!;
    const rest = await world.run([...words, '--rate', '10000', ...goOn[0].split(' ')]);
    expect([rest.exit, await sent()]).toEqual([0, 300]);
  });

  it('in a pruning of the outbox: ends between two batches', async () => {
    const database = new DatabaseSync(join(world.folder, 'shop.db'));
    world.configure(`
      import { nodeSqlite } from '{{@tramline/outbox/node-sqlite}}';
      import { DatabaseSync } from 'node:sqlite';
      export default { outbox: nodeSqlite(new DatabaseSync('${join(world.folder, 'shop.db')}'), { retention: '30d' }) };
    `);
    expect((await world.run(['outbox', 'migrate'])).exit).toBe(0);
    const bus = world.service({ outbox: nodeSqlite(database, { relay: false, retention: '30d' }) });
    await bus.outbox.transaction(async (tx) => {
      for (let n = 0; n < 2_000; n++) await bus.outbox.publish(tx, Placed, { id: `${n}` });
    });
    database.exec('UPDATE tramline_outbox SET state = 2, settled_at = 0');
    const stopped = await pressedAtTheBar('outbox prune --yes', 'Clearing up: ');
    expect([stopped.exit, stopped.stdout]).toEqual([1, '']);
    const again = await run(world.folder, ['outbox', 'prune', '--yes', '--json']);
    expect(again.json).toEqual([{ dryRun: false, rows: 1_500, effects: 0 }]);
    database.close();
  });

  it('while nobody answers: at once', async () => {
    const silent: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const asked = new Promise<void>((resolve) => silent.once('connection', () => resolve()));
    const list = world.start(['topics', 'list', '--brokers', `127.0.0.1:${port}`]);
    await asked;
    list.interrupt();
    expect(await list.ended).toEqual({ exit: 1, stdout: '', stderr: 'tramline: Stopped by SIGINT.\n' });
    silent.close();
  });
});
