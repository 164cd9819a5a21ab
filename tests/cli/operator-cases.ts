import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TransportProvider } from '@tramline/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../kafka/support/until.ts';
import { OpsWorld } from '../ops/ops-world.ts';
import { run, type RunOptions } from './support/in-process.ts';

/** What an operator types, on one transport. `flags` name it on a command line. */
export function describeOperator(
  name: string,
  open: (folder: string) => Promise<{ provider: TransportProvider; flags: readonly string[] }>,
): void {
  describe(`an operator's commands on ${name}`, () => {
    let folder: string;
    let world: OpsWorld;
    let flags: readonly string[];
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tramline-cli-'));
      const opened = await open(folder);
      world = new OpsWorld(opened.provider);
      flags = [...opened.flags, '--namespace', world.namespace];
    });
    afterEach(async () => {
      await world.close();
      await rm(folder, { recursive: true, force: true });
    });

    const tramline = (args: string, options: RunOptions = {}) =>
      run(folder, [...args.split(' '), ...flags], options);
    /** With what differs from run to run put in words. */
    const plain = (text: string) =>
      text
        .replaceAll(world.namespace, 'NS')
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
        .replaceAll(/[0-9a-f]{32}/g, 'ID')
        .replaceAll(/ +$/gm, '');

    it('topics: made, listed, planned, deleted', async () => {
      const made = await tramline('topics create order.placed b.c --partitions 2');
      expect([made.exit, made.stdout]).toEqual([0, `'order.placed' was made.\n'b.c' was made.\n`]);
      expect((await tramline('topics create b.c --dry-run --json')).json).toEqual([
        { dryRun: true, created: [], existing: ['b.c'] },
      ]);
      const listed = await tramline('topics list --json');
      expect(listed.json).toMatchObject([
        { name: 'b.c', fullName: `${world.namespace}.b.c`, kind: 'events', group: null, partitions: 2 },
        { name: 'order.placed' },
      ]);
      const table = (await tramline('topics list --no-color', { columns: 200 })).stdout.split('\n');
      expect(table[0]).toContain('TOPIC         KIND    PARTITIONS  COPIES  CLEANUP');
      expect(table[1]).toMatch(/^b\.c +events +2 +1 +delete/);
      const narrow = (await tramline('topics list --no-color', { columns: 24 })).stdout;
      expect(narrow).toMatch(/^TOPIC +b\.c$/m);
      expect((await tramline('topics describe b.c')).stdout).toContain('0 records');
      const missing = await tramline('topics describe nothing');
      expect([missing.exit, missing.stdout]).toEqual([1, '']);
      expect(plain(missing.stderr)).toBe(
        "tramline: There is no topic 'NS.nothing'. List them, and check the namespace.\n",
      );
      expect((await tramline('topics create a$b')).exit).toBe(2);

      const plan = await tramline('topics plan --group shop --retry-tiers 1s --partitions 2');
      expect([plan.exit, plain(plan.stdout).split('\n')[0]]).toEqual([1, '+ make NS.shop.retry.1s']);
      expect((await tramline('topics apply --group shop --retry-tiers 1s --partitions 2')).exit).toBe(4);
      expect((await tramline('topics apply --group shop --retry-tiers 1s --partitions 2 --yes')).exit).toBe(
        0,
      );
      await until('nothing is left', async () => {
        const { exit, stdout } = await tramline('topics plan --group shop --retry-tiers 1s --partitions 2');
        return exit === 0 && stdout === '5 topics are as they must be.\n';
      });
      expect((await tramline('topics plan')).exit).toBe(2);

      const asked = await tramline('topics delete b.c');
      expect([asked.exit, asked.stderr]).toEqual([
        4,
        expect.stringContaining("Delete 'b.c' with 0 records?"),
      ]);
      expect((await tramline('topics delete b.c --yes --json')).json).toEqual([
        { dryRun: false, deleted: ['b.c'], records: 0 },
      ]);
    });

    it('groups: described, refused while members are in, and moved', async () => {
      const bus = await world.started([world.handler('see')]);
      await world.publish(bus, 0, 10);
      await until('all are done', async () => {
        const [found] = (await tramline('groups describe shop --json')).json as [{ lag: number }];
        return found.lag === 0;
      });
      expect((await tramline('groups list --json')).json).toEqual([[{ group: 'shop', members: 1 }]]);
      const shown = (await tramline('groups describe shop')).stdout;
      expect(shown).toContain(`Group 'shop': 1 member, 0 events to be done.\nHandlers it ever had: see\n`);
      const refused = await tramline('groups reset shop --to earliest --yes');
      expect([refused.exit, refused.stdout]).toEqual([4, '']);
      expect(refused.stderr).toContain(`Group 'shop' has 1 member. Stop its processes`);
      expect((await tramline('groups reset shop')).exit).toBe(2);
      expect((await tramline('groups reset shop --to soon')).exit).toBe(2);
      expect((await tramline('groups describe shpo')).exit).toBe(1);
      await world.stop(bus);
      await until('nobody is in', async () => {
        const [found] = (await tramline('groups list --json')).json as [{ members: number }[]];
        return found[0]!.members === 0;
      });
      const planned = await tramline('groups reset shop --ago 1h --dry-run --json');
      expect(planned.json).toMatchObject([
        { dryRun: true, group: 'shop', repeated: 10, skipped: 0, known: null },
      ]);
      const moved = await tramline('groups reset shop --to earliest --yes');
      expect(moved.stdout).toContain(
        'Moved. When it starts it gets 10 events again, and leaves out 0 events.',
      );
      expect((await tramline('groups reset shop --to earliest --yes')).stdout).toBe(
        `Group 'shop' stands there already.\n`,
      );
    });

    it('dead letters: paged, shown, redriven while the handler fails and after, discarded, erased', async () => {
      const bus = await world.started([world.failing('charge')]);
      await world.publish(bus, 0, 10);
      await world.letters(world.ops().dead.of('shop'), 10);
      expect((await tramline('dead groups --json')).json).toEqual([[{ group: 'shop', records: 10 }]]);
      const page = (await tramline('dead list shop --limit 4 --json')).json as Record<string, unknown>[];
      expect(page).toHaveLength(5);
      expect(page[0]).toMatchObject({
        handlerId: 'charge',
        type: 'order.placed',
        reason: 'non-retryable',
        errorClass: 'NonRetryableError',
        errorMessage: 'the bank is closed',
        attempts: 1,
        redrives: 0,
        byReference: false,
        state: null,
      });
      const rest = await tramline(`dead list shop --limit 50 --json --after ${String(page[4]!['next'])}`);
      expect(rest.json).toHaveLength(6);
      const human = await tramline('dead list shop --key k1', { columns: 250 });
      expect(plain(human.stdout)).toMatch(
        /^.*ID\s+DIED\s+HANDLER.*\nID +TIME +charge +order\.placed +k1 +non-retryable +the bank is closed +waits\n/,
      );
      expect((await tramline('dead list shop --since never')).exit).toBe(2);
      const noReason = await tramline('dead list shop --reason-is non-retriable');
      expect([noReason.exit, noReason.stderr]).toEqual([
        2,
        expect.stringContaining('use one of retries-exhausted, non-retryable, policy,'),
      ]);
      const id = String(page[0]!['id']);
      const shown = await tramline(`dead show shop ${id}`);
      expect(plain(shown.stdout)).toContain('Error     NonRetryableError: the bank is closed\n');
      expect(shown.stdout).toMatch(/^Payload {3}\{$/m);
      expect((await tramline(`dead show shop ${id} --json`)).json).toMatchObject([
        { id, payload: { id: page[0]!['key'] }, errorStack: expect.stringContaining('NonRetryableError') },
      ]);
      expect((await tramline('dead show shop none')).exit).toBe(1);

      expect((await tramline('dead redrive shop --yes')).exit).toBe(2);
      for (const command of ['redrive', 'discard --reason old']) {
        const slip = await tramline(`dead ${command} shop ${id} a-slip --yes`);
        expect([slip.exit, slip.stdout]).toEqual([1, '']);
        expect(slip.stderr).toContain("has no dead letter 'a-slip'");
      }
      expect((await tramline('dead redrive shop --key k1')).exit).toBe(4);
      expect((await tramline('dead redrive shop --key k1 --dry-run --json')).json).toEqual([
        { dryRun: true, redriven: 2, repeated: 0, refused: [], stopped: false },
      ]);
      const again = await tramline(`dead redrive shop ${id} --yes`);
      expect(again.stdout).toBe('Redrove 1 letter, 0 of them possibly repeated.\n');
      await until('it died again', async () => {
        const { json } = await tramline('dead list shop --json');
        return json.length === 10 && json.some((one) => (one as { redrives: number }).redrives === 1);
      });
      const twice = await tramline(`dead redrive shop ${id} --yes`);
      expect([twice.exit, plain(twice.stdout)]).toEqual([
        4,
        'Redrove 0 letters, 0 of them possibly repeated.\nRefused 1 letter:\n' +
          '  ID  redriven by ann already; if it failed again, that is a letter of its own\n',
      ]);
      expect(plain((await tramline(`dead show shop ${id}`)).stdout)).toContain(
        'State     redriven by ann, TIME\n',
      );
      const guarded = await tramline('dead redrive shop --all-letters --max-redrives 1 --dry-run');
      expect(guarded.stdout).toContain('Would redrive 9 letters');
      expect(plain(guarded.stdout)).toContain(
        'Refused 1 letter:\n  ID  redriven 1 times already (maxRedrives 1)',
      );

      expect((await tramline('dead discard shop --key k0 --reason old --yes')).stdout).toBe(
        'Discarded 2 letters.\n',
      );
      const all = (await tramline('dead list shop --all --key k0 --json')).json as {
        id: string;
        state: { state: string } | null;
      }[];
      const discarded = all.find(({ state }) => state?.state === 'discarded')!;
      expect(plain((await tramline(`dead show shop ${discarded.id}`)).stdout)).toContain(
        'State     discarded by ann, TIME: old\n',
      );
      expect(all.map(({ state }) => state)).toContainEqual({
        state: 'discarded',
        reason: 'old',
        actor: 'ann',
        at: expect.any(String),
      });
      expect((await tramline('dead erase shop --key k2 --yes')).stdout).toBe(
        `Erased 2 records of key 'k2'.\n`,
      );

      world.broken = false;
      world.seen.length = 0;
      const ending = new AbortController();
      const stopped = await tramline('dead redrive shop --all-letters --rate 2 --yes --json', {
        signal: AbortSignal.any([ending.signal, stoppedAfterTheFirst(ending)]),
      });
      expect(stopped.exit).toBe(1);
      const resumed = await tramline('dead redrive shop --all-letters --yes --json');
      expect(resumed).toMatchObject({ exit: 0 });
      const [first] = stopped.json as { redriven: number; stopped: boolean }[];
      const [second] = resumed.json as { redriven: number }[];
      expect(first).toMatchObject({ stopped: true });
      expect(first!.redriven + second!.redriven).toBe(6);
      await until('all are handled', () => world.runs('charge').length === 6);
    });

    it('retries: what waits, and a tier that is retired', async () => {
      let closed = true;
      const charge = {
        ...world.handler('charge', () => {
          if (closed) throw new Error('the bank is closed');
        }),
        retry: { inPlace: 1, delays: ['2s', '2s', '2s', '2s', '2s', '2s'] },
      } as const;
      const bus = await world.started([charge], { consumer: { retryTiers: ['2s', '1h'] } });
      await world.publish(bus, 0, 3);
      await until('they wait', async () => (await tramline('retries waiting shop --json')).json.length === 3);
      expect((await tramline('retries waiting shop --handler nobody')).stdout).toBe('Nothing waits.\n');
      const [tiers] = (await tramline('retries list shop --json')).json as [{ delayMs: number | null }[]];
      expect(tiers.map(({ delayMs }) => delayMs)).toEqual([null, 2_000, 3_600_000]);
      expect((await tramline('retries retire shop 1h --yes')).exit).toBe(4);
      closed = false;
      await until(
        'nothing waits',
        async () => (await tramline('retries waiting shop --json')).json.length === 0,
      );
      await world.stop(bus);
      await until(
        'it can be retired',
        async () => (await tramline('retries retire shop 1h --dry-run')).exit === 0,
      );
      const retired = await tramline('retries retire shop 1h --yes');
      expect(plain(retired.stdout)).toBe(`Deleted 'NS.shop.retry.1h'.\n`);
    });

    it('replay: to one handler, stopped and resumed', async () => {
      const bus = await world.started([world.handler('see'), world.handler('charge')]);
      await world.publish(bus, 0, 8);
      await until('all are seen', () => world.seen.length === 16);
      world.seen.length = 0;
      const what = 'replay order.placed --group shop --handler charge';
      expect((await tramline(`${what} --dry-run --json`)).json).toMatchObject([{ replayed: 8, known: null }]);
      expect((await tramline(what)).exit).toBe(4);
      expect((await tramline('replay order.placed --group shop --handler chrage --yes')).exit).toBe(1);
      const ending = new AbortController();
      const stopped = await tramline(`${what} --rate 2 --yes`, {
        signal: AbortSignal.any([ending.signal, stoppedAfterTheFirst(ending)]),
      });
      expect(stopped.exit).toBe(1);
      const goOn = /--resume (\S+) --position (\S+)/.exec(stopped.stdout)!;
      expect(goOn).not.toBeNull();
      expect((await tramline(`${what} ${goOn[0]} --yes`)).exit).toBe(0);
      await until('all come again', () => world.runs('charge').length === 8);
      expect(world.runs('see')).toEqual([]);
    });

    it('redrive and replay say when nobody is there to handle what they send', async () => {
      const bus = await world.started([world.failing('charge')]);
      await world.publish(bus, 0, 2);
      await world.letters(world.ops().dead.of('shop'), 2);
      const replay = 'replay order.placed --group shop --handler charge --yes';
      expect((await tramline(replay)).stdout).toBe('Replayed 2 events.\n');
      await world.letters(world.ops().dead.of('shop'), 4);
      await world.stop(bus);
      const waits =
        "Group 'shop' has no member just now: what it was sent waits until a service with it runs.\n";
      const redriven = await tramline('dead redrive shop --all-letters --yes');
      expect([redriven.stdout, redriven.stderr]).toEqual([
        'Redrove 4 letters, 0 of them possibly repeated.\n',
        waits,
      ]);
      const replayed = await tramline(replay);
      expect([replayed.stdout, replayed.stderr]).toEqual(['Replayed 2 events.\n', waits]);
      const inJson = await tramline(`${replay} --json`);
      expect(inJson.json).toHaveLength(1);
      expect(inJson.stderr).toBe(waits);
    });

    /** Ctrl-C, once the first event of this test has reached its handler. */
    function stoppedAfterTheFirst(ending: AbortController): AbortSignal {
      void until('the first is handled', () => world.seen.length > 0).then(() =>
        ending.abort(new Error('Stopped by SIGINT.')),
      );
      return ending.signal;
    }
  });
}
