import { ConfigurationError, parseDuration, type Duration } from '@tramline/core';
import { outboxFaults, type OutboxOptions } from '../backend/options.js';
import type { PrismaLimits } from './prisma-client.js';

/** What can be said of an outbox through Prisma. */
export interface PrismaOptions extends OutboxOptions {
  /**
   * How long a transaction of `outbox.transaction` and of handlers with `once: true` may take before Prisma rolls it back. It
   * should be no shorter than what an attempt of those handlers may take. Default 60s, and not Prisma's five seconds.
   */
  readonly timeout?: Duration;
  /** How long such a transaction waits for a connection of the pool. Default 10s. */
  readonly maxWait?: Duration;
}

export interface PrismaSettings {
  readonly limits: PrismaLimits;
  /** What is the same for every database. */
  readonly common: OutboxOptions;
}

/** @throws ConfigurationError with every fault */
export function prismaSettings(client: unknown, options: PrismaOptions): PrismaSettings {
  const { timeout = '60s', maxWait = '10s', ...common } = options;
  const faults: string[] = [];
  // JavaScript callers.
  const { $transaction, $queryRawUnsafe } = (client ?? {}) as Record<string, unknown>;
  if (typeof $transaction !== 'function' || typeof $queryRawUnsafe !== 'function')
    faults.push('prisma() takes your PrismaClient: prisma(new PrismaClient({ adapter })).');
  const limit = (name: string, value: unknown): number => {
    const ms = parseDuration(value);
    if (ms !== undefined && ms > 0) return ms;
    faults.push(`outbox.${name} is ${JSON.stringify(value)}. Give a duration such as '60s'.`);
    return 1;
  };
  const limits = { timeout: limit('timeout', timeout), maxWait: limit('maxWait', maxWait) };
  faults.push(...outboxFaults(common));
  if (faults.length > 0) throw new ConfigurationError(faults);
  return { limits, common };
}
