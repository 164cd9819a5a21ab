import { formatDuration } from '@tramline/core';
import type { OutboxBlocker, OutboxStatus } from '@tramline/core/outbox';

/** So long a committed event may wait, and a transaction stay open that published, before somebody should look. */
export const LATE_MS = 60_000;

export const isLate = ({ oldestMs }: Pick<OutboxStatus, 'oldestMs'>): boolean => (oldestMs ?? 0) > LATE_MS;

/** What is wrong with an outbox that stands like this, a sentence each. */
export function problemsOf(status: OutboxStatus): readonly string[] {
  const { blocker } = status;
  return [
    ...(isLate(status) ? [lateSentence(status)] : []),
    ...(blocker && blocker.ageMs > LATE_MS ? [blockedSentence(blocker)] : []),
  ];
}

function lateSentence({ backlog, oldestMs, relays, held }: OutboxStatus): string {
  const why =
    relays.length === 0
      ? 'No relay runs: start a process whose outbox has no relay: false.'
      : held > 0
        ? `${held} of their keys wait after a failure: last_error in the table names a refusal, the relay's log a partition that is away.`
        : `Relays: ${relays.map(({ owner }) => owner).join(', ')}; their health says what they wait for.`;
  return `${backlog} events wait in the outbox, the oldest for ${seconds(oldestMs!)}. ${why}`;
}

function blockedSentence({ pid, ageMs, application }: OutboxBlocker): string {
  const whose = application === '' ? '' : ` of '${application}'`;
  return (
    `A transaction (process ${pid}${whose} of the database) has published and is open for ${seconds(ageMs)}: ` +
    `others that publish events of its keys wait for it. End it, or set idle_in_transaction_session_timeout.`
  );
}

const seconds = (ms: number): string => formatDuration(Math.round(ms / 1_000) * 1_000);
