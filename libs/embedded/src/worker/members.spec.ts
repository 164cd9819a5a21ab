import { beforeEach, expect, it } from 'vitest';
import { testDirectory } from '../spec/directory.js';
import { testStore, testTopic } from '../spec/store.js';
import type { GroupView } from '../wire/messages.js';
import { commit, resetGroup } from './commits.js';
import type { Machine } from './machine.js';
import { Members } from './members.js';
import type { Store } from './store.js';
import { createTopics, deleteTopics, growTopic } from './topics.js';

const SESSION = 6_000;
const machine: Machine = { bootId: 'boot 1', host: 'here' };

let store: Store;
let members: Members;

beforeEach(async () => {
  store = await testStore(testDirectory(), machine);
  members = new Members(store.write, machine);
  testTopic(store, { name: 't', partitions: 4 });
});

const beat = (memberId: string, now: number, topics = ['t']): GroupView =>
  store.write.transaction(() =>
    members.heartbeat({ memberId, group: 'g', clientId: memberId, topics, sessionMs: SESSION }, now),
  );
const held = (view: GroupView) =>
  view.holdings.filter(({ askedBack }) => !askedBack).map(({ partition }) => partition);
const askedBack = (view: GroupView) =>
  view.holdings.filter((one) => one.askedBack).map(({ partition }) => partition);
const release = (memberId: string, view: GroupView) =>
  store.write.transaction(() =>
    members.release(
      memberId,
      view.holdings.filter((one) => one.askedBack).map(({ id }) => id),
    ),
  );
const commitAt = (memberId: string, view: GroupView, offset: number) =>
  store.write.transaction(() =>
    commit(store.write, {
      memberId,
      groupId: view.groupId,
      entries: view.holdings.map(({ id, epoch }) => ({ id, epoch, offset, metadata: '' })),
    }),
  );

it('gives all to a member alone', () => {
  expect(held(beat('a', 0))).toEqual([0, 1, 2, 3]);
});

it('hands over in two steps: asked back first, given when released, with a higher epoch', () => {
  const before = beat('a', 0);
  expect(held(beat('b', 100))).toEqual([]);
  const asked = beat('a', 200);
  expect([held(asked), askedBack(asked)]).toEqual([
    [0, 1],
    [2, 3],
  ]);
  commitAt('a', asked, 5);
  expect(held(beat('b', 300))).toEqual([]);
  release('a', asked);
  const given = beat('b', 400);
  expect(held(given)).toEqual([2, 3]);
  expect(given.holdings.map(({ epoch }) => epoch)).toEqual(
    before.holdings.slice(2).map(({ epoch }) => epoch + 1),
  );
  expect(held(beat('a', 500))).toEqual([0, 1]);
});

it('takes the partitions of a member that was silent for a session, and refuses its commits', () => {
  const zombie = beat('a', 0);
  beat('b', 100);
  for (let now = 1_000; now <= SESSION; now += 1_000) expect(held(beat('b', now))).toEqual([]);
  const heir = beat('b', SESSION + 1);
  expect(held(heir)).toEqual([0, 1, 2, 3]);
  expect(() => commitAt('a', zombie, 7)).toThrow(
    expect.objectContaining({ failure: expect.objectContaining({ code: 'TRAMLINE_STALE_COMMIT' }) }),
  );
  expect(store.read.all('SELECT * FROM commits')).toEqual([]);
  commitAt('b', heir, 3);
});

it('lets a member that was silent come back as the owner when nobody took its place', () => {
  const before = beat('a', 0);
  const after = beat('a', 10 * SESSION);
  expect(after.holdings).toEqual(before.holdings);
  commitAt('a', before, 1);
});

it('does not let a member that was silent itself bury the others: the whole machine may have stood still', () => {
  beat('a', 0);
  beat('b', 0);
  release('a', beat('a', 100));
  expect(held(beat('b', 10 * SESSION))).toEqual([2, 3]);
  expect(held(beat('a', 10 * SESSION + 1))).toEqual([0, 1]);
});

it('counts members of an earlier boot as dead, however recent their heartbeat looks', () => {
  beat('a', 1_000_000);
  const rebooted = new Members(store.write, { ...machine, bootId: 'boot 2' });
  const state = { memberId: 'b', group: 'g', clientId: 'b', topics: ['t'], sessionMs: SESSION };
  expect(held(store.write.transaction(() => rebooted.heartbeat(state, 1_000_001)))).toEqual([0, 1, 2, 3]);
});

it('counts a heartbeat from the future as dead: the monotonic clock began anew', () => {
  beat('a', 1_000_000);
  expect(held(beat('b', 500))).toEqual([0, 1, 2, 3]);
});

it('gives up at once what a member that leaves had', () => {
  beat('a', 0);
  beat('b', 0);
  store.write.transaction(() => members.leave('a'));
  expect(held(beat('b', 1))).toEqual([0, 1, 2, 3]);
});

it('shares out partitions that a topic grew, and topics that appear', () => {
  expect(held(beat('a', 0, ['t', 'later']))).toEqual([0, 1, 2, 3]);
  store.write.transaction(() => growTopic(store.write, 't', 5));
  expect(held(beat('a', 1, ['t', 'later']))).toEqual([0, 1, 2, 3, 4]);
  const later = {
    name: 'later',
    partitions: 1,
    cleanup: 'delete',
    retentionMs: null,
    maxRecordBytes: 100,
  } as const;
  store.write.transaction(() => createTopics(store.write, [later]));
  expect(beat('a', 2, ['t', 'later']).holdings).toHaveLength(6);
});

it('takes away the partitions of a deleted topic; made anew, it is another one', () => {
  const before = beat('a', 0);
  commitAt('a', before, 9);
  store.write.transaction(() => deleteTopics(store.write, ['t']));
  expect(beat('a', 1).holdings).toEqual([]);
  testTopic(store, { name: 't', partitions: 4 });
  const after = beat('a', 2);
  expect(after.holdings.some(({ id }) => before.holdings.some((old) => old.id === id))).toBe(false);
  expect(store.read.all('SELECT * FROM commits')).toEqual([]);
});

it('tells when the next other member is due to die', () => {
  expect(beat('a', 0).nextExpiryMs).toBeNull();
  expect(beat('b', 1_000).nextExpiryMs).toBe(SESSION - 1_000);
});

it('raises the version only when there is something to look at', () => {
  const { version } = beat('a', 0);
  expect(beat('a', 1_000).version).toBe(version);
  beat('b', 1_500);
  expect(beat('a', 2_000).version).toBeGreaterThan(version);
});

it('resets a group only when all its members are gone or dead', () => {
  beat('a', 0);
  const reset = (now: number) =>
    store.write.transaction(() =>
      resetGroup(store.write, members, now, 'g', [{ topic: 't', partition: 1, offset: 4 }]),
    );
  expect(() => reset(SESSION - 1)).toThrow(/1 active member\. Stop its processes/);
  expect(store.read.all('SELECT * FROM commits')).toEqual([]);
  reset(SESSION + 1);
  expect(store.read.all('SELECT "offset" FROM commits')).toEqual([{ offset: 4 }]);
});
