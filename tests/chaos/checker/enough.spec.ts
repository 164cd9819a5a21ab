import { expect, it } from 'vitest';
import { enough } from './enough.ts';

const expected = { seconds: 100, registrationsPerSecond: 10, stepsPerSecond: 8 };
const texts = (registered: number, steps: number) =>
  [
    ...enough(
      {
        registered: Array.from({ length: registered }, () => ({}) as never),
        committedSteps: Array.from({ length: steps }, () => ({}) as never),
      },
      expected,
    ),
  ].map(({ text }) => text);

it('is content with what outages leave', () => {
  expect(texts(750, 320)).toEqual([]);
});

it.each([
  [0, 320, 'only 0 of about 1000 registrations were answered 201'],
  [749, 320, 'only 749 of about 1000 registrations were answered 201'],
  [750, 319, 'only 319 of about 800 steps were committed'],
])('%s registrations and %s steps: %s', (registered, steps, text) => {
  expect(texts(registered, steps)).toEqual([text]);
});
