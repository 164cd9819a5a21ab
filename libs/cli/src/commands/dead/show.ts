import { timeText } from '../../options/long-work.js';
import { shown } from '../../output/text.js';
import type { Session } from '../../session.js';
import { decisionText, letterJson } from './letter-json.js';

export async function showLetter(session: Session, group: string, id: string): Promise<void> {
  const { output } = session;
  const { dead } = await session.ops();
  const letter = await dead.of(group).show(id);
  const { envelope, history, errorStack, value, json, isJson } = letter;
  const payload =
    isJson || !value ? { payload: json ?? null } : { payloadBase64: Buffer.from(value).toString('base64') };
  await output.json({ ...letterJson(letter), errorStack, envelope, ...payload });
  const { origin } = history;
  const fields: [string, string | number | null][] = [
    ['Letter', letter.id],
    ['State', decisionText(letter)],
    ['Handler', letter.handlerId],
    ['Event', `${envelope.type} ${envelope.id}`],
    ['Key', envelope.key],
    ['From', `${origin.topic}/${origin.partition} offset ${origin.offset}`],
    ['Died', timeText(letter.diedAt)],
    ['Attempts', history.attempts],
    ['Redrives', history.redrives],
    ['Reason', letter.reason],
    ['Error', `${letter.errorClass}: ${letter.errorMessage}`],
  ];
  for (const [name, text] of fields) await output.line(`${name.padEnd(9)} ${shown(String(text ?? '-'))}`);
  for (const line of errorStack.split('\n').slice(1)) await output.line(`          ${shown(line.trim())}`);
  for (const [name, text] of Object.entries(envelope.headers))
    await output.line(`Header    ${shown(`${name}: ${text}`)}`);
  await output.line(`Payload   ${payloadText(value, json, isJson)}`);
}

function payloadText(value: Uint8Array | null | undefined, json: unknown, isJson: boolean): string {
  if (value === undefined)
    return 'gone: the letter held none, and neither does the topic of the event any more';
  if (value === null) return 'none (a tombstone)';
  if (!isJson) return `${value.length} bytes that are not JSON: ${shown(Buffer.from(value).toString())}`;
  const lines = JSON.stringify(json, undefined, 2).split('\n').map(shown);
  return lines.join('\n          ');
}
