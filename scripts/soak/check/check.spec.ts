import { expect, it } from 'vitest';
import { repeats, violations, type Found } from './check.ts';

const user = (n: number, key = 'a') => ({ userId: `u${n}`, key, count: n, eventId: `e${n}` });
const logged = (...numbers: number[]) => numbers.map((n) => ({ userId: `u${n}`, eventId: `e${n}` }));

/** Three users of one key, as they should be found. */
const sound: Found = {
  expected: 3,
  users: [user(1), user(2), user(3)],
  registered: logged(1, 2, 3),
  awarded: logged(3, 1, 2),
  entries: [1, 2, 3].map((n) => ({ userId: `u${n}`, points: 100 })),
  dead: [],
};

it('finds nothing where nothing is wrong, with repeats that trail', () => {
  expect(violations(sound)).toEqual([]);
  const repeated = { ...sound, registered: logged(1, 2, 1, 3, 2), awarded: logged(1, 1, 2, 3) };
  expect(violations(repeated)).toEqual([]);
  expect([repeats(repeated.registered), repeats(repeated.awarded), repeats(sound.awarded)]).toEqual([
    2, 1, 0,
  ]);
});

it.each<[string, Partial<Found>, string]>([
  ['a user is missing', { expected: 4 }, '3 users are committed instead of 4'],
  ['a counter skips', { users: [user(1), user(3)], expected: 2 }, 'the counter of a skips to 3'],
  ['an event is lost', { registered: logged(1, 3) }, 'u2 is committed, and the event never arrived'],
  ['a ghost arrives', { registered: logged(1, 2, 3, 7) }, 'the event of u7 arrived, and was rolled back'],
  ['order is lost', { registered: logged(1, 3, 2) }, 'in a, 2 first appears behind 3'],
  ['points are missing', { entries: sound.entries.slice(1) }, 'u1 has 0 points instead of 100'],
  [
    'points come twice',
    { entries: [...sound.entries, sound.entries[0]!] },
    'u1 has 200 points instead of 100',
  ],
  [
    'points for nobody',
    { entries: [...sound.entries, { userId: 'x', points: 100 }] },
    'x has points, and is nobody',
  ],
  ['no announcement', { awarded: logged(1, 2) }, 'points for u3 were announced by 0 events instead of 1'],
  [
    'two announcements',
    { awarded: [...sound.awarded, { userId: 'u1', eventId: 'other' }] },
    'points for u1 were announced by 2 events instead of 1',
  ],
  ['announced for nobody', { awarded: logged(1, 2, 3, 7) }, 'points were announced for u7, who is nobody'],
  ['a dead letter', { dead: ['an event became a dead letter: no'] }, 'an event became a dead letter: no'],
])('sees that %s', (_, change, violation) => {
  expect(violations({ ...sound, ...change })).toContain(violation);
});

it('says the same no more than five times', () => {
  const found = violations({ ...sound, registered: logged(...Array.from({ length: 23 }, (__, n) => n + 1)) });
  expect(found.filter((text) => text.includes('was rolled back'))).toHaveLength(5);
  expect(found).toContain('… and 15 more of this kind');
});
