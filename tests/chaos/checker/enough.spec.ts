import { expect, it } from 'vitest';
import { enough } from './enough.ts';

const expected = { seconds: 100, registrationsPerSecond: 10, stepsPerSecond: 8 };
const texts = (registrations: number, steps: number) =>
  [...enough({ registrations, steps }, expected)].map(({ text }) => text);

it('is content with what outages leave', () => {
  expect(texts(750, 320)).toEqual([]);
});

it.each([
  [0, 320, 'only 0 of about 1000 registrations were answered 201'],
  [749, 320, 'only 749 of about 1000 registrations were answered 201'],
  [750, 319, 'only 319 of about 800 steps were committed'],
])('%s registrations and %s steps: %s', (registrations, steps, text) => {
  expect(texts(registrations, steps)).toEqual([text]);
});
