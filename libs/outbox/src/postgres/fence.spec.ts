import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { entry } from '../spec/entries.js';
import { PostgresWorld } from '../spec/postgres-world.js';
import { describeWithPostgres } from '../spec/postgres.js';

const WAITING = `SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;

describeWithPostgres('the fence of a relay on PostgreSQL', () => {
  let world: PostgresWorld;
  beforeAll(async () => void (world = await PostgresWorld.create()));
  afterEach(() => world.tidy());
  afterAll(() => world.close());

  it('waits for a claim that is under way, and then holds: nothing is settled, put on hold or set aside', async () => {
    await world.write([entry('a')]);
    const leases = await world.claimAll();
    const buckets = leases.map(({ bucket }) => bucket);
    const rows = await world.store.pending({ buckets, after: 0, limit: 10, maxBytes: 1e6 });
    expect(rows).toHaveLength(1);
    // As a claim does it, before it commits.
    const claim = await world.begin();
    await claim.query('UPDATE tramline_lease SET epoch = epoch + 1');
    const late = [
      world.store.settle(leases, rows, false),
      world.store.hold(leases, rows, 60_000, 'late'),
      world.store.hold(leases, rows, 60_000, null),
      world.store.bury(leases, rows, 'late'),
    ];
    await world.until(WAITING, late.length);
    await claim.query('COMMIT');
    expect((await Promise.all(late))[0]).toBe(0);
    expect(await world.store.status()).toMatchObject({ backlog: 1, held: 0, dead: 0 });
  });

  it('is one for each bucket: who owns others ends no hold in a lost one', async () => {
    const { store } = world;
    await world.write([entry('a'), entry('b')]);
    const leases = await world.claimAll();
    const buckets = leases.map(({ bucket }) => bucket);
    const rows = await store.pending({ buckets, after: 0, limit: 10, maxBytes: 1e6 });
    const [lost, kept] = rows.map(({ bucket }) => bucket);
    expect(lost).not.toBe(kept);
    await store.hold(leases, rows, 60_000, 'refused');
    const holds = await store.holds(buckets);
    await world.pool.query('UPDATE tramline_lease SET epoch = epoch + 1 WHERE bucket = $1', [lost]);
    await store.lift(leases, holds);
    expect((await store.holds(buckets)).map(({ bucket }) => bucket)).toEqual([lost]);
  });

  it('makes a claim wait until what an owner writes is through', async () => {
    await world.write([entry('a')]);
    const leases = await world.claimAll();
    const rows = await world.store.pending({
      buckets: leases.map(({ bucket }) => bucket),
      after: 0,
      limit: 10,
      maxBytes: 1e6,
    });
    await world.pool.query('UPDATE tramline_lease SET expires_at = clock_timestamp()');
    const reader = await world.begin();
    await reader.query('SELECT FROM tramline_outbox FOR UPDATE');
    const settling = world.store.settle(leases, rows, false);
    await world.until(WAITING, 1);
    const { bucket } = rows[0]!;
    // It passes over what is locked, and takes the others.
    const claimed = await world.store.claim('another', leases.length, 60_000);
    expect(claimed.map((lease) => lease.bucket)).toEqual(
      leases.map((lease) => lease.bucket).filter((one) => one !== bucket),
    );
    await reader.query('COMMIT');
    expect(await settling).toBe(1);
  });
});
