import { expect, it } from 'vitest';
import type { Found } from './found.ts';
import { timeline } from './timeline.ts';
import { verify } from './verify.ts';

const place = { topic: 'user.registered', partition: 0, offset: 0, at: 5 };
const awarded = { ...place, topic: 'points.awarded' };
const step = { ...place, topic: 'soak.registered' };
const nobody = 'nobody@example.com';
const ada = { name: 'Ada', email: 'ada@example.com', phone: '+447700900001' };

/** Somebody registered, one step was taken, and one event is poison to the SMS group alone. */
const whole: Found = {
  registered: [{ userId: 'u1', person: ada, at: 3 }],
  users: [{ userId: 'u1', email: ada.email, phone: ada.phone, at: 2 }],
  ledger: [
    { userId: 'u1', points: 100, at: 6 },
    { userId: 'refused', points: 100, at: 6 },
  ],
  sms: new Map([[ada.phone, [{ idempotencyKey: 'e1', at: 7 }]]]),
  mails: new Map([
    [ada.email, 2],
    [nobody, 2],
  ]),
  announced: [
    { ...place, eventId: 'e1', key: 'u1' },
    { ...place, eventId: 'e2', key: 'refused', offset: 1 },
  ],
  awarded: [
    { ...awarded, eventId: 'p1', key: 'u1' },
    { ...awarded, eventId: 'p2', key: 'refused' },
  ],
  committedSteps: [
    { userId: 's1', key: 'k', count: 1, eventId: 'step 1' },
    { userId: 's2', key: 'k', count: 2, eventId: 'step 2' },
  ],
  loggedSteps: [
    { ...step, eventId: 'step 1', key: 'k' },
    { ...step, eventId: 'step 2', key: 'k', offset: 1 },
    // A relay that was killed sends again what it had sent.
    { ...step, eventId: 'step 1', key: 'k', offset: 2 },
  ],
  steps: [
    { ...step, eventId: 'step 1' },
    { ...step, eventId: 'step 2', offset: 1 },
    { ...step, eventId: 'step 1', offset: 2 },
  ],
  poisoned: [
    {
      topic: 'user.registered',
      partition: 0,
      offset: 1,
      groups: ['sms'],
      what: 'refused',
      userId: 'refused',
      email: nobody,
    },
  ],
  letters: [
    {
      ...{ group: 'sms', handlerId: 'welcome-sms', reason: 'rule', at: 8 },
      ...{ topic: 'user.registered', partition: 0, offset: 1 },
    },
  ],
};

const texts = (found: Partial<Found>) => verify({ ...whole, ...found }).map(({ text }) => text);

it('finds nothing where nothing is wrong', () => {
  expect(verify(whole)).toEqual([]);
});

it.each<[string, Partial<Found>]>([
  [
    'ada@example.com was answered 201, and is not registered',
    { registered: [{ userId: 'u9', person: ada, at: 3 }] },
  ],
  ['u1 was announced by 0 events instead of 1', { announced: whole.announced.slice(1) }],
  [
    'u1 was announced by 2 events instead of 1',
    { announced: [...whole.announced, { ...place, eventId: 'e9', key: 'u1' }] },
  ],
  [
    'u9 was announced, and is not registered',
    { announced: [...whole.announced, { ...place, eventId: 'e9', key: 'u9' }] },
  ],
  ['u1 got 0 SMS instead of 1', { sms: new Map() }],
  [
    'u1 got 2 SMS instead of 1',
    {
      sms: new Map([
        [
          ada.phone,
          [
            { idempotencyKey: 'e1', at: 7 },
            { idempotencyKey: 'e9', at: 8 },
          ],
        ],
      ]),
    },
  ],
  ['u1 has the points [] instead of [100]', { ledger: whole.ledger.slice(1) }],
  ['u1 has the points [100,100] instead of [100]', { ledger: [...whole.ledger, whole.ledger[0]!] }],
  ['refused has the points [] instead of [100]', { ledger: whole.ledger.slice(0, 1) }],
  ['u9 has points, and is nobody', { ledger: [...whole.ledger, { userId: 'u9', points: 100, at: 1 }] }],
  ['points for u1 were announced by 0 events instead of 1', { awarded: whole.awarded.slice(1) }],
  [
    'u1 got 1 mails instead of 2',
    {
      mails: new Map([
        [ada.email, 1],
        [nobody, 2],
      ]),
    },
  ],
  ['refused got 0 mails instead of 2', { mails: new Map([[ada.email, 2]]) }],
  ['step 2 of k is committed, and no witness saw it', { steps: whole.steps.slice(0, 1) }],
  [
    'the step step 9 was rolled back, and is announced',
    { loggedSteps: [...whole.loggedSteps, { ...step, eventId: 'step 9', key: 'k', offset: 9 }] },
  ],
  ['step 1 of k first appears behind 2 at the handler', { steps: whole.steps.toReversed().slice(1) }],
  ['step 1 of k first appears behind 2 in the log', { loggedSteps: whole.loggedSteps.slice(1) }],
  ['refused is in no dead letter of sms: user.registered, partition 0, offset 1', { letters: [] }],
  [
    'welcome-sms gave up (rule) on sms: user.registered, partition 0, offset 5',
    { letters: [...whole.letters, { ...whole.letters[0]!, offset: 5 }] },
  ],
])('says: %s', (text, found) => {
  expect(texts(found)).toEqual([text]);
});

it('tells the story of one user with the faults around it', () => {
  const story = timeline('u1', whole, [
    { at: 4, what: 'fault: kill -9 sms' },
    { at: 9_999_999, what: 'fault of another day' },
  ]);
  expect(story.map(({ what }) => what)).toEqual([
    'ada@example.com registers',
    'the answer was 201',
    'fault: kill -9 sms',
    'event e1 lies in user.registered, partition 0, offset 0',
    'event p1 announces points',
    '100 points',
    'SMS under the key e1',
  ]);
});
