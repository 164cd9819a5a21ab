import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TransportProvider } from '@tramline/core';
import { nodeSqlite } from '@tramline/outbox/node-sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../kafka/support/until.ts';
import { OpsWorld } from '../ops/ops-world.ts';
import { run } from './support/in-process.ts';
import { Transcript } from './support/transcript.ts';
import { RunningTramline } from './support/tramline.ts';
import { withPackages } from './support/world.ts';

const OUTBOX_CONFIG = `
  import { Tramline, defineEvent } from '{{@tramline/core}}';
  import { memory } from '{{@tramline/testing}}';
  import { nodeSqlite } from '{{@tramline/outbox/node-sqlite}}';
  import { DatabaseSync } from 'node:sqlite';
  const Placed = defineEvent('order.placed', { key: 'id' });
  export default {
    outbox: nodeSqlite(new DatabaseSync('shop.db')),
    app: () => new Tramline({
      service: 'shop', transport: memory(), handlers: [{ id: 'see', events: [Placed], run() {} }],
    }),
  };
`;
/** Who relays. */
const OWNER = /tramline-relay-[0-9a-f]{12}/;

/** What waited when it looked last, which may be a while ago. */
const LOOKED = /, \d+ wait( \(oldest [^)]*\))?|"backlog":\w+,"oldestMs":\w+,/;

/** Those of the brokers, in the order in which they are named. */
function addressesIn(flags: readonly string[]): [string, string][] {
  const at = flags.indexOf('--brokers');
  return at < 0 ? [] : flags[at + 1]!.split(',').map((address) => [address, 'BROKER']);
}

/** Columns of a terminal where tables give way, and of one where rows are shown one under the other. */
const NARROW = [60, 24] as const;

/**
 * Every command for operators on one transport, both forms of its output compared with `examples/<name>/`.
 * `npx vitest run tests/cli tests/kafka/cli.spec.ts -u` writes these anew.
 */
export function describeExamples(
  name: 'embedded' | 'kafka',
  open: (folder: string) => Promise<{ provider: TransportProvider; flags: readonly string[] }>,
): void {
  describe(`stored examples of commands on ${name}`, () => {
    let folder: string;
    let world: OpsWorld;
    let flags: readonly string[];
    let transcript: Transcript;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tramline-cli-'));
      const opened = await open(folder);
      world = new OpsWorld(opened.provider);
      flags = [...opened.flags, '--namespace', world.namespace];
      // The embedded log is there from now on.
      await world.ops().topics.list();
      transcript = new Transcript(
        new Map([[world.namespace, 'NS'], [folder, 'FOLDER'], ...addressesIn(flags)]),
      );
    });
    afterEach(async () => {
      await world.close();
      await rm(folder, { recursive: true, force: true });
    });

    const tramline = (line: string, columns?: number) =>
      run(folder, [...line.split(' '), ...flags], columns === undefined ? {} : { columns });
    /** Takes down what people get, then what programs get. */
    const both = async (line: string) => {
      transcript.add(line, await tramline(line));
      transcript.add(`${line} --json`, await tramline(`${line} --json`));
    };
    const once = async (line: string) => transcript.add(line, await tramline(line));
    const narrow = async (line: string) => {
      for (const columns of NARROW) {
        const answer = await tramline(`${line} --no-color`, columns);
        transcript.add(line, answer, `${columns} columns`);
      }
    };
    const stored = (file: string) => join(import.meta.dirname, 'examples', name, `${file}.txt`);
    const answers = async (line: string) => (await tramline(`${line} --json`)).json;
    const emptied = () =>
      until('nobody is in', async () => {
        const [found] = (await answers('groups list')) as [{ members: number }[]];
        return found[0]!.members === 0;
      });
    const started = (handlers: Parameters<OpsWorld['started']>[0]) =>
      world.started(handlers, { topics: { partitions: 1 }, consumer: { retryTiers: ['1h'] } });

    it('topics', async () => {
      const made = '--partitions 2 --replication 1 --retention 7d --max-record-bytes 1000000';
      await once(`topics create order.placed order.sent ${made}`);
      await both(`topics create order.sent order.paid --dry-run`);
      await once(`topics create order.small --partitions 1 --retention forever --max-record-bytes 5000`);
      await once(`topics create order.kept ${made.replace('--retention 7d', '--compact')}`);
      await both('topics list');
      await narrow('topics list');
      await both('topics describe order.sent');
      await both('topics describe nothing');
      await writeFile(
        join(folder, 'tramline.config.mjs'),
        "export default { contracts: ['order.small', 'order.kept'] };",
      );
      const wanted = '--group shop --retry-tiers 1s --partitions 2 --replication 1';
      await both(`topics plan ${wanted}`);
      await both(`topics apply ${wanted} --dry-run`);
      await once(`topics apply ${wanted}`);
      await once(`topics apply ${wanted} --grow --yes`);
      await until('all is as planned', async () => {
        const [plan] = (await answers(`topics plan ${wanted}`)) as Record<string, unknown[]>[];
        return plan!['create']!.length + plan!['grow']!.length + plan!['alter']!.length === 0;
      });
      await both(`topics plan ${wanted}`);
      await once('topics list --all --prefix shop');
      await both('topics delete order.sent');
      await both('topics delete order.sent --dry-run');
      await once('topics delete order.sent --yes');
      await expect(transcript.text).toMatchFileSnapshot(stored('topics'));
    });

    it('groups', async () => {
      await both('groups list');
      const bus = await started([world.handler('see')]);
      await world.publish(bus, 0, 3);
      await until('all are done', async () => {
        const [found] = (await answers('groups describe shop')) as [{ lag: number }];
        return found.lag === 0;
      });
      await both('groups list');
      await both('groups describe shpo');
      await once('groups reset shop --to earliest --yes');
      await world.stop(bus);
      await emptied();
      await both('groups describe shop');
      await narrow('groups describe shop');
      await both('groups reset shop --to earliest');
      await both('groups reset shop --to-offset 1 --dry-run');
      await once('groups reset shop --to earliest --yes');
      await both('groups reset shop --to earliest --yes');
      await expect(transcript.text).toMatchFileSnapshot(stored('groups'));
    });

    it('dead letters', async () => {
      await both('dead groups');
      const bus = await started([world.failing('charge')]);
      const letters = world.ops().dead.of('shop');
      for (const n of [0, 1, 2]) {
        await world.publish(bus, n, n + 1);
        await world.letters(letters, n + 1);
      }
      await world.stop(bus);
      await both('dead groups');
      await both('dead list shop');
      await narrow('dead list shop');
      await both('dead list shop --limit 2');
      await both('dead list shop --key nobody');
      const [first] = (await answers('dead list shop')) as [{ id: string }];
      await both(`dead show shop ${first.id}`);
      await both(`dead show shop none`);
      await both('dead redrive shop --yes');
      await both('dead redrive shop --all-letters --dry-run');
      await both('dead redrive shop --key k0');
      await once('dead redrive shop --key k0 --yes');
      await both('dead discard shop --key k1 --reason old --dry-run');
      await once('dead discard shop --key k1 --reason old --yes');
      await both('dead list shop --all');
      await both('dead erase shop --key k1 --dry-run');
      await once('dead erase shop --key k1 --yes');
      await expect(transcript.text).toMatchFileSnapshot(stored('dead'));
    });

    it('retries', async () => {
      await both('retries list');
      const failing = world.handler('charge', () => {
        throw new Error('the bank is closed');
      });
      const charge = { ...failing, retry: { inPlace: 1, delays: ['1h'] } } as const;
      const bus = await started([charge]);
      await both('retries waiting shop');
      await world.publish(bus, 0, 1);
      await until('it waits', async () => (await answers('retries waiting shop')).length === 1);
      await world.stop(bus);
      await emptied();
      await both('retries list shop');
      await narrow('retries list shop');
      await both('retries waiting shop');
      await narrow('retries waiting shop');
      await both('retries retire shop 1h --yes');
      await once('retries retire shop soon --yes');
      await expect(transcript.text).toMatchFileSnapshot(stored('retries'));
    });

    it('publish, tail and replay', async () => {
      await once('topics create order.placed --partitions 1');
      await once('publish order.placed {"id":"k0","n":0} --key k0 --dry-run');
      await both('publish order.placed {"id":"k0","n":0} --key k0');
      await once('publish order.placed {"id" --key k0');
      await both('tail --no-follow');
      await narrow('tail --no-follow');
      const bus = await started([world.handler('charge')]);
      await until('both are seen', () => world.seen.length === 2);
      await until('it is written down', async () => {
        const [found] = (await answers('groups describe shop')) as [{ lag: number }];
        return found.lag === 0;
      });
      await both('tail --group shop --no-follow');
      const what = 'replay order.placed --group shop --handler charge';
      await both(`${what} --dry-run`);
      await both(what);
      await once('replay order.placed --group shop --handler chrage --yes');
      await once(`${what} --yes`);
      await until('both come again', () => world.seen.length === 4);
      await world.stop(bus);
      await expect(transcript.text).toMatchFileSnapshot(stored('events'));
    });

    it('outbox, relay, doctor and asyncapi, as processes', { timeout: 180_000 }, async () => {
      await writeFile(join(folder, 'tramline.config.mjs'), withPackages(OUTBOX_CONFIG));
      const spawned = (line: string) => new RunningTramline([...line.split(' '), ...flags], { cwd: folder });
      const one = async (line: string) => transcript.add(line, await spawned(line).ended);
      const two = async (line: string) => {
        await one(line);
        await one(`${line} --json`);
      };
      const database = new DatabaseSync(join(folder, 'shop.db'));
      await one('outbox status');
      await two('outbox migrate --dry-run');
      await one('outbox migrate');
      await two('outbox migrate');
      const outbox = nodeSqlite(database, { relay: false });
      const bus = await world.started([world.handler('see')], { topics: { partitions: 1 }, outbox });
      for (const n of [0, 1, 2])
        await bus.outbox.transaction((tx) => bus.outbox.publish(tx, 'order.placed', { id: `k${n}`, n }));
      await two('outbox status');
      await two('doctor');
      await two('outbox dead');
      database.exec("UPDATE tramline_outbox SET state = 1, last_error = 'too large' WHERE id = 2");
      await two('outbox dead');
      await two('outbox release --all --dry-run');
      await two('outbox release 2');
      await one('outbox release 2 --yes');
      await two('outbox prune --dry-run');
      await one('outbox prune');
      await two('outbox prune --yes');
      const waiting = database.prepare('SELECT count(*) AS rows FROM tramline_outbox');
      for (const line of ['relay', 'relay --json']) {
        const relay = spawned(line);
        await until('it has all buckets', () => / 64 buckets|"buckets":64/.test(relay.stdout));
        await until('nothing waits', () => waiting.get()!['rows'] === 0);
        relay.interrupt();
        const { stdout, ...end } = await relay.ended;
        const last = `${stdout.trimEnd().split('\n').at(-1)}\n`.replace(OWNER, 'OWNER').replace(LOOKED, '');
        transcript.add(line, { ...end, stdout: last }, 'the last line, after Ctrl-C');
      }
      await until('all are seen', () => world.seen.length === 3);
      await two('doctor');
      await two('asyncapi');
      database.close();
      await expect(transcript.text).toMatchFileSnapshot(stored('outbox'));
    });
  });
}
