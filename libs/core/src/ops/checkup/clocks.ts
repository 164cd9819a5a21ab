import { inTurns } from '../in-turns.js';
import { ok, type Finding, type Scene } from './finding.js';

/** Clocks may differ by as much before anybody is told. */
const TOLERATED_MS = 60_000;

/**
 * Whether records say that they were written in the future. Due times, `--since` and retention go by these times; which clock is
 * wrong, a publisher's, the broker's or ours, they do not say.
 */
export async function checkClocks({ parts, topics }: Scene): Promise<Finding[]> {
  const { transport, clock } = parts;
  const found = await inTurns(topics, async ({ fullName }) => {
    const [bounds, later] = await Promise.all([
      transport.topics.offsets(fullName),
      transport.topics.offsetsAt(fullName, clock.now() + TOLERATED_MS),
    ]);
    const isAhead = later.some(({ partition, offset }) =>
      bounds.some((one) => one.partition === partition && offset < one.end),
    );
    return isAhead ? [fullName] : [];
  });
  const ahead = found.flat();
  if (ahead.length === 0) return [ok('clocks', 'No record was written in the future.')];
  const some =
    ahead.length > 3 ? `${ahead.slice(0, 3).join(', ')} and ${ahead.length - 3} more` : ahead.join(', ');
  return [
    {
      ...{ check: 'clocks', level: 'warning' },
      message: `Records in ${some} were written more than a minute in the future, by the clock of this machine.`,
      fix: 'Let every machine take its time from NTP: this one, those of the publishers, and the brokers.',
    },
  ];
}
