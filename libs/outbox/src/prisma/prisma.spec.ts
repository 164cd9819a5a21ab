import { ConfigurationError } from '@tramline/core';
import { expect, it } from 'vitest';
import { prisma } from './prisma.js';

// What it does with a client that Prisma has generated is tested in tests/packages/fixtures/prisma-7.

it('tells every fault at once, its own and those that all outboxes have', () => {
  const wrong = { timeout: 'long', maxWait: 0, relay: 'no' } as never;
  const faultsOf = (client: unknown): readonly string[] => {
    try {
      prisma(client as never, wrong);
      return [];
    } catch (error) {
      return (error as ConfigurationError).faults;
    }
  };
  const options = [/timeout is "long"/, /maxWait is 0/, /outbox\.relay is "no"/];
  const matching = (list: readonly RegExp[]) => list.map((one) => expect.stringMatching(one) as unknown);
  for (const none of [undefined, {}, 'prisma'])
    expect(faultsOf(none)).toEqual(matching([/takes your PrismaClient/, ...options]));
  const client = { $transaction: () => undefined, $queryRawUnsafe: () => undefined };
  expect(faultsOf(client)).toEqual(matching(options));
});
