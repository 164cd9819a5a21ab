import type { PublishOptions } from '@tramline/core/ops';
import { CliError, usageError } from '../../exit.js';
import { pairs, wholeNumber } from '../../options/parse.js';
import { count } from '../../output/progress.js';
import type { Session } from '../../session.js';
import { checkAll } from './check.js';
import { inputOf } from './input.js';
import { sendAll } from './send.js';

export interface PublishFlags {
  readonly file?: string;
  /** false: `--no-key` */
  readonly key?: string | false;
  readonly header?: readonly string[];
  readonly id?: string;
  readonly correlationId?: string;
  readonly partition?: string;
  readonly fromLine?: string;
  readonly dryRun?: boolean;
}

/** Checks all payloads, then sends them. @throws CliError and what `@tramline/core/ops` throws */
export async function publish(
  session: Session,
  type: string,
  payload: string | undefined,
  flags: PublishFlags,
): Promise<void> {
  const options = optionsOf(flags);
  const first = flags.fromLine === undefined ? 1 : wholeNumber('--from-line', flags.fromLine, 1);
  const input = await inputOf(session, payload, flags.file);
  if (flags.id !== undefined && input.isLines)
    throw usageError('--id is for a single event: give its payload as an argument, or in a file *.json.');
  const ops = await session.ops({ mayCreate: true });
  const work = { session, ops, type, options, input, first };
  const found = await checkAll(work);
  if (found.events === 0)
    throw new CliError('TRAMLINE_NO_EVENTS', 'There was nothing to publish: the input has no line.');
  if (!found.checked) {
    await session.output.note(
      `No contract of '${type}' is known, so payloads are not checked and have the key that --key says. List it in 'contracts' of tramline.config.ts.`,
    );
  }
  if (flags.dryRun) {
    const { events, topic, checked } = found;
    await session.output.json({ dryRun: true, type, topic, events, checked });
    await session.output.line(`${plural(events)} for topic '${topic}' can be published. Nothing was sent.`);
    return;
  }
  const sent = await sendAll({ ...work, total: found.events });
  await session.output.line(`Published ${plural(sent)} of type '${type}' to topic '${found.topic}'.`);
}

export const plural = (events: number): string => `${count(events)} ${events === 1 ? 'event' : 'events'}`;

function optionsOf(flags: PublishFlags): PublishOptions {
  const { key, header, id, correlationId, partition } = flags;
  return {
    ...(key !== undefined && { key: key === false ? null : key }),
    ...(header && { headers: pairs('--header', header) }),
    ...(id !== undefined && { id }),
    ...(correlationId !== undefined && { correlationId }),
    ...(partition !== undefined && { partition: wholeNumber('--partition', partition) }),
  };
}
