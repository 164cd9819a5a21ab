import { afterEach, beforeEach, expect, it } from 'vitest';
import { EmailTakenError } from './user.js';
import { UsersStore } from './users.store.js';

let users: UsersStore;
beforeEach(async () => {
  users = await UsersStore.open(':memory:');
});
afterEach(() => users.onApplicationShutdown());

const ada = { name: 'Ada', email: 'Ada@Example.com', phone: '+447700900123' };

it('keeps a user as they wrote themselves', () => {
  const { user } = users.add(ada);
  expect(users.find(user.userId)).toEqual(user);
  expect(user).toMatchObject(ada);
  expect(users.find('nobody')).toBeUndefined();
});

it('refuses an address that is taken, in whatever case and form', () => {
  users.add(ada);
  users.add({ ...ada, email: 'zoe\u0308@example.com' });
  expect(() => users.add({ ...ada, email: 'ADA@example.COM' })).toThrow(EmailTakenError);
  expect(() => users.add({ ...ada, email: 'zo\u00eb@example.com' })).toThrow(EmailTakenError);
  expect(users.notAnnounced(10)).toHaveLength(2);
});

it('lists who is not announced, under the id drawn with the row', () => {
  const first = users.add(ada);
  const second = users.add({ ...ada, email: 'grace@example.com' });
  expect(users.notAnnounced(10)).toEqual([first, second]);
  expect(users.notAnnounced(1)).toEqual([first]);
  users.announced(first.eventId);
  expect(users.notAnnounced(10)).toEqual([second]);
});
