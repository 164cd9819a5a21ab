import { expect, it } from 'vitest';
import { describeOnBoth } from '../support/both.ts';
import { liveBytes } from '../support/live-bytes.ts';
import { PassingTime } from '../support/passing-time.ts';

/** Time of a server is real: each virtual second waits for what was asked in it. */
const MINUTES = { SQLite: 60, PostgreSQL: 5 };
/** Of the last minute: 120 MB, many times what a relay may hold (16 MB of rows, and what it makes of those that fly). */
const BURST = 60_000;
const TEXT = 'x'.repeat(2_000);

describeOnBoth('a broker that is away for long', (world) => {
  it('costs backlog, and neither events, memory, attempts nor rest', { timeout: 300_000 }, async () => {
    const minutes = world().database.name === 'SQLite' ? MINUTES.SQLite : MINUTES.PostgreSQL;
    const time = new PassingTime(world().database);
    const { clock } = time;
    const { bus, put, seen, lines } = world().open({ clock });
    await time.through(bus.start());
    await time.through(put({ key: 'key 0', n: 0 }));
    await time.until('an empty outbox', async () => (await bus.outbox.status()).backlog === 0);

    let appends = 0;
    world().broker.failNext('append', {}, { times: Infinity, where: () => ++appends < 0 });
    world().broker.setAway(true);
    let n = 1;
    const events = (count: number, text = '') =>
      Array.from({ length: count }, () => ({ key: `key ${n % 50}`, n: n++, text }));
    for (let minute = 1; minute < minutes; minute++) {
      await time.through(put(...events(10)));
      await time.pass(60_000);
    }
    const before = liveBytes();
    for (let part = 0; part < 20; part++) await time.through(put(...events(BURST / 20, TEXT)));
    await time.pass(60_000);
    expect(liveBytes() - before).toBeLessThan((BURST * TEXT.length) / 2);

    const status = await time.through(bus.outbox.status());
    expect(status).toMatchObject({ backlog: n - 1, dead: 0 });
    const written = 'SELECT id FROM tramline_outbox WHERE attempts > 0 OR last_error IS NOT NULL';
    expect(await world().database.run(written)).toEqual([]);
    expect(await world().database.run('SELECT row_id FROM tramline_held')).toEqual([]);
    expect(bus.health().relay).toMatchObject({ status: 'away' });
    // One flight for each of three partitions now and then, and a line a minute.
    expect(appends).toBeLessThan(minutes * 60 * 3);
    expect(lines.length).toBeLessThan(minutes * 2);

    world().broker.setAway(false);
    world().broker.clearFaults();
    await time.until('an empty outbox', async () => (await time.through(bus.outbox.status())).backlog === 0);
    expect(world().log()).toHaveLength(n);
    for (const order of world().orders().values())
      expect(order).toEqual(order.toSorted((one, other) => one - other));
    expect(seen.filter(({ kind }) => kind === 'row-dead')).toEqual([]);
    await time.through(bus.close());
    expect(clock.pending).toBe(0);
  });
});
