import type { DatabaseErrorKind } from '@tramline/core/outbox';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
export const SqlState = {
  ABORTED: '25P02',
  FORBIDDEN: '42501',
  /** Also for locks, of which the server has room for so many in all. */
  NO_MEMORY: '53200',
  NO_COLUMN: '42703',
  NO_FUNCTION: '42883',
  NO_SCHEMA: '3F000',
  NO_TABLE: '42P01',
} as const;

/** Serialisation failure, deadlock, and a lock that was not to be had in the time that the user set. */
const CONFLICT: ReadonlySet<string> = new Set(['40001', '40P01', '55P03', 'P2034']);

const AWAY: ReadonlySet<string> = new Set([
  // Shut down, crashed, starting; a statement or session that took longer than the user allows; a replica after a failover.
  ...['57P01', '57P02', '57P03', '57P05', '57014', '25006', '25P03', '25P04'],
  // The machine's network, as Node names it.
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENOENT'],
  // postgres.js, and Prisma: not reached, timed out, closed, pool exhausted, transaction not to be had.
  ...['CONNECT_TIMEOUT', 'CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECTION_DESTROYED'],
  ...['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028'],
]);

/** Connection exceptions, and resources that others use up and give back. */
const AWAY_CLASS = /^(08|53)[0-9A-Z]{3}$/;

/** What has no code: of pg and its pool, and of Knex' pool. */
const AWAY_TEXT =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed|Query read timeout|Knex: Timeout acquiring a connection)/;

/** What an error of any PostgreSQL library means for who may try again. */
export function kindOf(error: unknown): DatabaseErrorKind {
  for (const { code, originalCode, meta, message } of chain(error)) {
    for (const one of [meta?.code, originalCode, code]) {
      if (typeof one !== 'string') continue;
      if (CONFLICT.has(one)) return 'conflict';
      if (AWAY.has(one) || AWAY_CLASS.test(one)) return 'away';
    }
    if (typeof message === 'string' && AWAY_TEXT.test(message)) return 'away';
  }
  return 'other';
}

/** Whether the server said this, however deep a library has wrapped it. */
export function hasState(error: unknown, state: string): boolean {
  return chain(error).some(({ code, originalCode, meta }) =>
    [code, originalCode, meta?.code].includes(state),
  );
}

interface Link {
  readonly code?: unknown;
  readonly message?: unknown;
  /** Prisma: the server's code beside its own, up to version 6; what its driver adapter threw, since then. */
  readonly meta?: { readonly code?: unknown; readonly driverAdapterError?: unknown } | null;
  /** What a driver adapter of Prisma threw: the server's code beside a kind of its own. */
  readonly originalCode?: unknown;
}

/**
 * An error and what it was made from: libraries wrap the driver's, TypeORM as `driverError`; several addresses of one host
 * that all refused are one AggregateError.
 */
function chain(error: unknown): readonly Link[] {
  const links: Link[] = [];
  const next: unknown[] = [error];
  while (next.length > 0 && links.length < 16) {
    const one = next.shift();
    if (typeof one !== 'object' || one === null) continue;
    links.push(one);
    const { driverError, cause, errors } = one as {
      readonly driverError?: unknown;
      readonly cause?: unknown;
      readonly errors?: unknown;
    };
    next.push(
      driverError,
      cause,
      (one as Link).meta?.driverAdapterError,
      ...(Array.isArray(errors) ? errors : []),
    );
  }
  return links;
}
