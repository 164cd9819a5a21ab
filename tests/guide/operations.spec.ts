import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { defineEvent, NonRetryableError, silentLog, Tramline } from '@tramline/core';
import { openOps, type Ops } from '@tramline/core/ops';
import { embedded } from '@tramline/embedded';
import { nodeSqlite } from '@tramline/outbox/node-sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { until } from '../kafka/support/until.ts';

const OrderPlaced = defineEvent<{ orderId: string; amount: number }>('order.placed', { key: 'orderId' });

let directory: string;
let database: DatabaseSync;
let bus: Tramline;
let closed: boolean;
const paid: string[] = [];
/** What the snippets print. */
const console = { log: vi.fn() };

const handler = {
  id: 'charge',
  events: [OrderPlaced],
  once: true,
  retry: { inPlace: 1, delays: [] },
  run: ({ orderId }: { orderId: string }) => {
    if (closed) throw new NonRetryableError('the bank is closed');
    paid.push(orderId);
  },
};

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tramline-operations-'));
  database = new DatabaseSync(join(directory, 'shop.db'));
  closed = true;
  paid.length = 0;
  console.log.mockReset();
  bus = new Tramline({
    service: 'shop',
    transport: embedded({ directory: join(directory, 'log') }),
    outbox: nodeSqlite(database, { autoCreate: true }),
    handlers: [handler],
    contracts: [OrderPlaced],
    log: silentLog,
  });
  await bus.start();
  await until('it has its share', () => bus.health().ready);
  for (const orderId of ['1', '2', '3']) await bus.events.publish(OrderPlaced, { orderId, amount: 10 });
});
afterEach(async () => {
  await ops.close();
  await bus.close();
  database.close();
  rmSync(directory, { recursive: true, force: true });
});

let ops: Ops;
const opened = (): Ops => {
  const transport = embedded({ directory: join(directory, 'log') });
  const outbox = nodeSqlite(database);
  // #region open
  const ops = openOps({ transport, outbox, contracts: [OrderPlaced] });
  // #endregion
  return ops;
};

describe('the guide to operations', () => {
  beforeEach(async () => {
    ops = opened();
    const letters = ops.dead.of('shop');
    await until('there are three letters', async () => (await letters.count()) === 3);
  });

  it('topics', async () => {
    // #region topics
    await ops.topics.create([{ name: 'order.sent', partitions: 12 }]); // one that exists stays as it is
    for (const { name, partitions } of await ops.topics.list()) console.log(name, partitions);
    const plan = await ops.topics.plan({ contracts: [OrderPlaced], groups: [{ group: 'shop' }] });
    await ops.topics.apply(plan); // makes what is missing, mends settings; plan.left says what stays as it is
    const { records } = await ops.topics.delete(['order.sent'], { dryRun: true });
    // #endregion
    expect(console.log.mock.calls).toEqual([
      ['order.placed', 6],
      ['order.sent', 12],
    ]);
    expect([plan.create, plan.differences, records]).toEqual([[], [], 0]);
  });

  it('groups', async () => {
    // #region groups
    const { lag, members, positions } = await ops.groups.describe('shop');
    console.log(`${members} members, ${lag} events to be done`);
    for (const { topic, partition, committed, end, memberId } of positions)
      console.log(`${topic}/${partition} at ${committed} of ${end}: ${memberId}`);
    // #endregion
    expect(console.log.mock.calls[0]![0]).toMatch(/^1 members, \d events to be done$/);
    await expect(ops.groups.reset('shop', 'earliest')).rejects.toMatchObject({
      code: 'TRAMLINE_GROUP_ACTIVE',
    });
    await bus.close();
    // #region reset
    const { repeated, skipped, known } = await ops.groups.reset('shop', { ago: '2h' }, { dryRun: true });
    console.log(`${repeated} events again, ${known} effects not repeated; ${skipped} events left out`);
    await ops.groups.reset('shop', { ago: '2h' }); // or 'earliest', 'latest', { time }, { offset }
    // #endregion
    expect([repeated, skipped, known]).toEqual([3, 0, 0]);
  });

  it('dead letters', async () => {
    // #region list
    const letters = ops.dead.of('shop');
    let after: string | undefined;
    do {
      const page = await letters.page({ handlerId: 'charge' }, { limit: 100, ...(after && { after }) });
      for (const { id, envelope, errorMessage } of page.letters) console.log(id, envelope.key, errorMessage);
      after = page.next;
    } while (after);
    // #endregion
    expect(console.log).toHaveBeenCalledTimes(3);
    const [first] = (await letters.page()).letters;
    const { id } = first!;
    // #region show
    const { json, errorStack, history, state } = await letters.show(id);
    // #endregion
    expect([json, history.attempts, state]).toEqual([
      { orderId: expect.any(String), amount: 10 },
      1,
      undefined,
    ]);
    expect(errorStack).toContain('the bank is closed');
    const me = 'ann';
    const ending = new AbortController();
    // #region discard
    await letters.discard({ ids: [id] }, { actor: me, reason: 'test data' });
    // #endregion
    closed = false;
    // #region redrive
    const options = { actor: me, rate: 20 }; // letters a second
    const planned = await letters.redrive({ handlerId: 'charge' }, { ...options, dryRun: true });
    const { redriven, repeated, refused } = await letters.redrive(
      { handlerId: 'charge' },
      { ...options, signal: ending.signal, onProgress: ({ redriven }) => console.log(redriven) },
    );
    // #endregion
    expect([planned.redriven, redriven, repeated, refused]).toEqual([2, 2, 0, []]);
    await until('they are handled', () => paid.length === 2);
    // #region erase
    const { erased } = await letters.erase('2');
    // #endregion
    expect(erased).toBe(1);
  });

  it('retries', async () => {
    // #region retries
    for (const { topic, waiting, nextDue } of await ops.retries.list('shop'))
      console.log(topic, waiting, nextDue && new Date(nextDue));
    for await (const { handlerId, envelope, nextAttempt } of ops.retries.waiting('shop', { key: '1' }))
      console.log(handlerId, envelope.type, new Date(nextAttempt));
    // #endregion
    expect(console.log).toHaveBeenCalledTimes(5);
  });

  it('events', async () => {
    closed = false;
    // #region publish
    const receipt = await ops.events.publish('order.placed', { orderId: '4', amount: 20 });
    // #endregion
    expect(receipt).toMatchObject({ topic: 'order.placed', checked: true });
    await until('it is handled', () => paid.length === 1);
    const ending = new AbortController();
    // #region read
    const yesterday = new Date(Date.now() - 86_400_000);
    for await (const { json } of ops.events.read({ topics: ['order.placed'], key: '4', from: yesterday }))
      console.log(json);
    // #endregion
    expect(console.log.mock.calls).toEqual([[{ orderId: '4', amount: 20 }]]);
    const following = (async () => {
      // #region tail
      const tail = ops.events.tail({ topics: ['order.placed'], from: yesterday }, { signal: ending.signal });
      for await (const { envelope, json } of tail) console.log(envelope.id, json);
      // #endregion
    })();
    await until('all have come', () => console.log.mock.calls.length === 5);
    ending.abort();
    await following;
    // #region replay
    const { id, replayed, known } = await ops.events.replay({
      group: 'shop',
      handlerId: 'charge',
      type: 'order.placed',
      from: yesterday,
    });
    // #endregion
    expect([typeof id, replayed, known]).toEqual(['string', 3, 1]);
    await until('they are handled', () => paid.length === 4);
  });

  it('the outbox', async () => {
    // #region outbox
    const { backlog, dead, relays } = await ops.outbox.status();
    const { rows } = await ops.outbox.dead({ limit: 20 });
    for (const { rowId, type, error } of rows) console.log(rowId, type, error);
    const released = await ops.outbox.release(); // all that are dead now; or their row ids
    await ops.outbox.prune({ olderThan: '7d', groups: ['shop'] });
    // #endregion
    expect([backlog, dead, rows.length, released]).toEqual([0, 0, 0, 0]);
    expect(relays).toHaveLength(1);
  });
});
