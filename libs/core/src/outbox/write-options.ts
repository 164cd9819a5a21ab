import { publishError, type Draft } from '../publish/pending-event.js';
import type { Clock } from '../time/clock.js';
import { parseDuration } from '../time/duration.js';
import type { OutboxPublishOptions } from './outbox.js';
import type { WriteOptions } from './outbox-backend.js';

/** What the options of one publish mean for its rows. @throws PublishError that names each that is wrong */
export function writeOptions(
  draft: Draft,
  { delay, at, ordered }: OutboxPublishOptions,
  clock: Clock,
): WriteOptions {
  const faults: string[] = [];
  const delayMs = delay === undefined ? undefined : parseDuration(delay);
  if (delay !== undefined && delayMs === undefined)
    faults.push(`option 'delay' is ${JSON.stringify(delay)}; write milliseconds or '30s', '5m'`);
  if (at !== undefined && !(at instanceof Date && !Number.isNaN(at.getTime())))
    faults.push(`option 'at' must be a valid Date`);
  if (delay !== undefined && at !== undefined) faults.push(`give 'delay' or 'at', not both`);
  if (ordered !== undefined && typeof ordered !== 'boolean')
    faults.push(`option 'ordered' is ${JSON.stringify(ordered)}; give true or false`);
  if (faults.length > 0)
    throw publishError(draft, 'TRAMLINE_PUBLISH_OPTIONS', 'not-written', faults.join('; '));
  const dueInMs = at === undefined ? delayMs : at.getTime() - clock.now();
  return { ordered: ordered ?? true, delayMs: dueInMs === undefined || dueInMs <= 0 ? null : dueInMs };
}
