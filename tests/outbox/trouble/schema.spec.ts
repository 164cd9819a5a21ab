import { expect, it } from 'vitest';
import { describeOnBoth } from '../support/both.ts';

const BY_HAND = { autoCreate: false } as const;

describeOnBoth('tables', (world) => {
  const made = async () => {
    const { bus } = await world().start({ outbox: { relay: false } });
    await bus.close();
  };
  const change = (sql: string) => world().database.run(sql);

  it('that are missing: the start is refused with the ways to make them, and publishing too', async () => {
    const { bus } = world().open({ outbox: BY_HAND });
    await expect(bus.start()).rejects.toMatchObject({
      code: 'TRAMLINE_OUTBOX_SCHEMA',
      message: expect.stringMatching(
        /migrate\(\).*tramline outbox migrate.*sqlFor\('(postgres|sqlite)'\).*autoCreate/,
      ),
    });
    const other = world().open({ outbox: BY_HAND });
    await expect(other.put({ key: 'a', n: 1 })).rejects.toMatchObject({ code: 'TRAMLINE_OUTBOX_SCHEMA' });
  });

  it('that are older: the start is refused with both versions, and autoCreate brings them up to date', async () => {
    await made();
    await change(
      'DELETE FROM tramline_migrations WHERE version = (SELECT max(version) FROM tramline_migrations)',
    );
    await expect(world().open({ outbox: BY_HAND }).bus.start()).rejects.toMatchObject({
      code: 'TRAMLINE_OUTBOX_SCHEMA',
      message: expect.stringMatching(/have version \d+, and this code needs \d+/),
    });
    const last =
      world().database.name === 'SQLite' ? 'DROP INDEX tramline_inbox_seen' : 'DROP FUNCTION tramline_settle';
    await change(last);
    const { put } = await world().start();
    await put({ key: 'a', n: 1 });
    await world().arrived(1);
  });

  it('that are newer: the start is refused and asks to update the code, with autoCreate too', async () => {
    await made();
    await change('INSERT INTO tramline_migrations (version) VALUES (1000)');
    for (const outbox of [BY_HAND, {}])
      await expect(world().open({ outbox }).bus.start()).rejects.toMatchObject({
        code: 'TRAMLINE_OUTBOX_SCHEMA',
        message: expect.stringMatching(/version 1000.*[Uu]pdate/s),
      });
  });

  it('that go while the service runs: said, and it goes on when they are back', async () => {
    const { put, lines, bus } = await world().start();
    await put({ key: 'a', n: 1 });
    await world().arrived(1);
    await change('ALTER TABLE tramline_lease RENAME TO mislaid');
    await world().until('it is told', () => bus.health().relay!.status === 'away');
    expect(bus.health().relay!.error).toMatchObject({ code: 'TRAMLINE_OUTBOX_SCHEMA' });
    expect(
      lines.some((line) => line.includes('The outbox is not relayed: the database cannot be used')),
    ).toBe(true);
    await change('ALTER TABLE mislaid RENAME TO tramline_lease');
    await put({ key: 'a', n: 2 });
    await world().arrived(2);
    expect(world().order('a')).toEqual([1, 2]);
  });

  it('of the same names in another schema or with another prefix are another outbox', async () => {
    const own = { tables: { prefix: 'mine_' } } as const;
    const one = await world().start({ outbox: own });
    const two = await world().start({ outbox: { relay: false } });
    await one.put({ key: 'a', n: 1 });
    await two.put({ key: 'a', n: 2 });
    await world().drained(one.bus);
    expect(world().order('a')).toEqual([1]);
    expect((await two.bus.outbox.status()).backlog).toBe(1);
  });
});
