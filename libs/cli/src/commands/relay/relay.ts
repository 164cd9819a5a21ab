import { openRelay, type RelayRun } from '@tramline/core/ops';
import { logOf, outboxOf } from '../../open-ops.js';
import { count } from '../../output/progress.js';
import { shown } from '../../output/text.js';
import { duration, instant } from '../../output/time.js';
import { inTime } from '../../patience.js';
import { DATABASE, requireOutbox } from '../outbox/open.js';
import type { Session } from '../../session.js';

/** How often it says how it stands though nothing changed, milliseconds. */
const SAY_EVERY = 60_000;
const LOOK_EVERY = 1_000;

/** How the relay stands, as `--json` writes it. */
interface Standing {
  readonly at: string;
  readonly status: RelayRun['relay']['status'];
  readonly owner: string;
  readonly buckets: number;
  /** Rows that this relay has brought to the broker. */
  readonly relayed: number;
  readonly backlog: number | null;
  readonly oldestMs: number | null;
  readonly error: string | null;
}

/**
 * Relays until Ctrl-C. Broker and database must answer when it begins, so that a slip in an address is told; while they are away
 * later it goes on trying. @throws CliError, ConfigurationError, OutboxError for tables that are not right
 */
export async function relay(session: Session): Promise<void> {
  const config = await session.config();
  requireOutbox(config);
  await reach(session);
  const outbox = await outboxOf(config);
  let relayed = 0;
  const run = openRelay({
    transport: await config.transport({ mayCreate: true }),
    ...(outbox && { outbox }),
    log: logOf(session),
    ...(config.namespace !== undefined && { namespace: config.namespace }),
    onObservation: (one) => {
      if (one.kind === 'relayed') relayed += one.rows;
    },
  });
  const standing = (): Standing => ({ at: instant(session.env.clock.now()), ...standingOf(run, relayed) });
  try {
    await run.start();
    await sayUntil(session, standing);
  } finally {
    await run.close();
  }
  await say(session, standing());
}

/** @throws CliError, TransportError, whatever the database throws */
async function reach(session: Session): Promise<void> {
  const { outbox } = await session.ops({ mayCreate: true, outbox: true });
  try {
    await inTime(outbox.check(), DATABASE, session.signal);
  } catch (error) {
    // The relay judges the tables by itself: it may be told to make them.
    if ((error as { readonly code?: unknown }).code !== 'TRAMLINE_OUTBOX_SCHEMA') throw error;
  }
}

async function sayUntil(session: Session, standing: () => Standing): Promise<void> {
  const { signal, env } = session;
  let said = '';
  let saidAt = -Infinity;
  while (!signal.aborted) {
    const now = standing();
    const what = JSON.stringify([now.status, now.buckets, now.error]);
    if (what !== said || env.clock.monotonic() - saidAt >= SAY_EVERY) {
      await say(session, now);
      said = what;
      saidAt = env.clock.monotonic();
    }
    await pause(signal);
  }
}

async function say({ output }: Session, standing: Standing): Promise<void> {
  await output.json(standing);
  const { at, status, owner, buckets, relayed, backlog, oldestMs, error } = standing;
  const waiting =
    backlog === null
      ? ''
      : `, ${count(backlog)} wait${oldestMs === null ? '' : ` (oldest ${duration(oldestMs)})`}`;
  const why = error === null ? '' : `: ${shown(error)}`;
  await output.line(
    `${at} ${owner} ${status}, ${buckets} buckets, ${count(relayed)} relayed${waiting}${why}`,
  );
}

function standingOf({ relay: own, outbox }: RelayRun, relayed: number): Omit<Standing, 'at'> {
  const { status, owner, buckets, error } = own;
  return {
    ...{ status, owner, buckets, relayed },
    backlog: outbox.status?.backlog ?? null,
    oldestMs: outbox.status?.oldestMs ?? null,
    error: error?.message ?? null,
  };
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, LOOK_EVERY);
    signal.addEventListener('abort', end);
  });
}
