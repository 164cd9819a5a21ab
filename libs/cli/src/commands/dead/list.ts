import { timeText } from '../../options/long-work.js';
import { wholeNumber } from '../../options/parse.js';
import type { Session } from '../../session.js';
import { filterOf, type FilterFlags } from './filter.js';
import { letterJson, stateText } from './letter-json.js';

export interface ListFlags extends FilterFlags {
  readonly all?: boolean;
  readonly limit: string;
  readonly after?: string;
}

export async function listLetters(session: Session, group: string, flags: ListFlags): Promise<void> {
  const { output, signal } = session;
  const { all = false, after } = flags;
  const filter = filterOf(flags, session.env.clock);
  const limit = wholeNumber('--limit', flags.limit, 1);
  const { dead } = await session.ops();
  const page = await dead
    .of(group)
    .page(filter, { all, limit, signal, ...(after !== undefined && { after }) });
  for (const letter of output.isJson ? page.letters : []) await output.json(letterJson(letter));
  await output.table(
    [{ title: 'ID', whole: true }, 'DIED', 'HANDLER', 'TYPE', 'KEY', 'REASON', 'ERROR', 'STATE'],
    page.letters.map((letter) => [
      ...[letter.id, timeText(letter.diedAt), letter.handlerId, letter.envelope.type, letter.envelope.key],
      ...[letter.reason, letter.errorMessage, stateText(letter)],
    ]),
    `Group '${group}' has no such dead letters.`,
  );
  if (page.next === undefined) return;
  await output.json({ next: page.next });
  if (!output.isJson) await output.note(`More: --after ${page.next}`);
}
