import { afterEach, beforeEach, expect, it } from 'vitest';
import { NonRetryableError, silentLog, type Tramline } from '@tramline/core';
import { openOps, type Ops } from '@tramline/core/ops';
import { Placed, Rig } from '../../../spec-support/rig.js';
import { memory } from '../../../spec-support/testing.js';

let rig: Rig;
let bus: Tramline;
let ops: Ops;
beforeEach(() => {
  rig = new Rig();
  ops = openOps({ transport: memory({ broker: rig.broker }), clock: rig.clock, log: silentLog });
  bus = rig.bus({ handlers: [rig.handler('sms', undefined, { retry: { delays: ['1h'] } })] });
});
afterEach(async () => {
  await ops.close();
  await rig.close();
  expect(rig.clock.pending).toBe(0);
});

const found = async (services = [bus.describe()]) =>
  (await ops.checkup(services))
    .filter(({ level }) => level !== 'ok')
    .map(({ check, level, message }) => `${check} ${level}: ${message}`);

it('finds nothing where a service runs as it should, but what nobody published yet', async () => {
  await bus.start();
  await rig.clock.runUntil(() => bus.health().ready, '1m');
  expect(await found()).toEqual([
    "events hint: handler 'sms' handles 'order.placed', and no such event lies in the log.",
  ]);
  expect(await found([])).toEqual([]);
});

it('finds topics that are missing, or not as they must be, and a group that was never started', async () => {
  await bus.transport.topics.create([{ name: 'shop.retry.10s', cleanup: 'delete', retentionMs: 60_000 }]);
  const all = await found();
  expect(all).toContainEqual(
    expect.stringMatching(
      /^topology (warning|hint): Service 'shop': topics are missing: 'order\.placed'.* and \d+ more/,
    ),
  );
  expect(all).toContain(
    "topology fault: Service 'shop': topic 'shop.retry.10s' keeps records for 1m, needs 169h.",
  );
  expect(all).toContain("groups hint: Group 'shop' was never started.");
});

it('tells what each check found as it ends', async () => {
  const told: string[][] = [];
  const all = await ops.checkup([bus.describe()], (findings) =>
    told.push(findings.map(({ check }) => check)),
  );
  expect(told.map((checks) => new Set(checks).size)).toEqual(told.map(() => 1));
  expect(new Set(told.flat()).size).toBe(told.length);
  expect(told.flat()).toEqual(all.map(({ check }) => check));
});

it('finds events that go too soon, and clocks that are ahead', async () => {
  await bus.transport.topics.create([{ name: 'order.placed', cleanup: 'delete', retentionMs: 3_600_000 }]);
  const timestamp = rig.clock.now() + 120_000;
  await bus.transport.append(
    { topic: 'order.placed', partition: 0 },
    [{ key: null, value: Buffer.from('{}'), headers: [], timestamp }],
    { timeoutMs: 1_000 },
  );
  const all = await found();
  expect(all).toContain(
    "retention warning: Topic 'order.placed' keeps events for 1h, and a service that is down longer loses events.",
  );
  expect(all).toContain(
    'clocks warning: Records in order.placed were written more than a minute in the future, by the clock of this machine.',
  );
});

it('finds dead letters, until somebody decided on them', async () => {
  const died = await rig.started([
    rig.handler('sms', () => {
      throw new NonRetryableError('no such number');
    }),
  ]);
  for (const n of [1, 2]) await died.events.publish(Placed, { userId: 'u', n });
  await rig.clock.advance('1s');
  expect(await found([])).toEqual(["letters warning: 2 dead letters wait for a decision in group 'shop'."]);
  const letters = ops.dead.of('shop');
  const { letters: both } = await letters.page();
  await letters.discard({ ids: [both[0]!.id] }, { actor: 'ann', reason: 'old' });
  expect(await found([])).toEqual(["letters warning: 1 dead letter waits for a decision in group 'shop'."]);
  await letters.discard({}, { actor: 'ann', reason: 'old' });
  expect(await found([])).toEqual([]);
});
