import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { OutboxStore } from '@tramline/core/outbox';
import { entry } from '../spec/entries.js';
import { SqliteFiles } from '../spec/sqlite-files.js';

const AT_ONCE = { ordered: true, delayMs: null } as const;
const BUCKETS = Array.from({ length: 64 }, (_, bucket) => bucket);
const PAGE = { buckets: BUCKETS, after: 0, limit: 2_000, maxBytes: 10_000_000 };

let files: SqliteFiles;
let db: DatabaseSync;
let store: OutboxStore<DatabaseSync>;
beforeEach(() => {
  files = new SqliteFiles();
  db = files.make();
  store = files.store();
});
afterEach(() => files.dispose());

const fill = (count: number, keyOf: (n: number) => string) =>
  store.transaction((tx) =>
    store.insert(
      tx,
      Array.from({ length: count }, (_, n) => entry(keyOf(n))),
      AT_ONCE,
    ),
  );

it('takes 10,000 keys in one transaction', async () => {
  await fill(10_000, (n) => `key ${n}`);
  const rows = await store.pending({ ...PAGE, limit: 20_000 });
  expect(rows.map(({ record }) => Buffer.from(record.key!).toString())).toEqual(
    Array.from({ length: 10_000 }, (_, n) => `key ${n}`),
  );
});

it('works off 100,000 rows that lie there at start, page by page', async () => {
  for (let part = 0; part < 10; part++) await fill(10_000, (n) => `${part} ${n % 100}`);
  expect(await store.status()).toMatchObject({ backlog: 100_000 });
  await store.beat('relay', 60_000);
  const leases = await store.claim('relay', 64, 60_000);
  let [after, settled] = [0, 0];
  for (;;) {
    const rows = await store.pending({ ...PAGE, after });
    if (rows.length === 0) break;
    expect(rows[0]!.rowId).toBeGreaterThan(after);
    after = rows.at(-1)!.rowId;
    settled += await store.settle(leases, rows, false);
  }
  expect(settled).toBe(100_000);
  expect(await store.status()).toMatchObject({ backlog: 0, oldestMs: null });
});

/** What SQLite says it would do; a table that is walked from end to end shows as SCAN. */
const plan = (sql: string, ...params: (string | number)[]) =>
  db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...params)
    .map(({ detail }) => detail as string);

it('walks no table from end to end where it may be long', async () => {
  const said: string[] = [];
  const client = files.client();
  const query = client.query.bind(client);
  client.query = (sql, params) => {
    said.push(...plan(sql, ...(params as string[])));
    return query(sql, params);
  };
  const { sqliteStore } = await import('./sqlite-store.js');
  const watched = sqliteStore(client);
  await fill(3, (n) => `${n}`);
  await watched.beat('relay', 60_000);
  const leases = await watched.claim('relay', 64, 60_000);
  const rows = await watched.pending(PAGE);
  await watched.settle(leases, rows.slice(0, 1), false);
  await watched.settle(leases, rows.slice(1, 2), true);
  await watched.purge(0, 500);
  await watched.lift(leases, [{ rowId: 1, bucket: 1, dueInMs: 0, until: 0 }]);
  await watched.promote(500);
  await watched.dead(0, 100);
  await watched.discard([1]);
  await watched.forget('points', [{ topic: 't', partition: 0, offset: 9 }], 1, 500);
  await watched.close();
  const long = /^SCAN (o|i|h|"?tramline_(outbox|scheduled|held|inbox)"?)(?! USING (COVERING )?INDEX)/;
  expect(said.filter((line) => long.test(line))).toEqual([]);
  expect(said.some((line) => /SEARCH o USING (COVERING )?INDEX tramline_outbox_pending/.test(line))).toBe(
    true,
  );
  expect(said.some((line) => /SEARCH i USING (COVERING )?INDEX tramline_inbox_seen/.test(line))).toBe(true);
});
