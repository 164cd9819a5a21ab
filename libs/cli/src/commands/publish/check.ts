import type { Ops, PublishOptions } from '@tramline/core/ops';
import { CliError } from '../../exit.js';
import { count } from '../../output/progress.js';
import { shown } from '../../output/text.js';
import type { Session } from '../../session.js';
import type { Input } from './input.js';
import { faultsOfPayload, payloadOf } from './payload.js';

/** What is published, and how. */
export interface PublishWork {
  readonly session: Session;
  readonly ops: Ops;
  readonly type: string;
  readonly options: PublishOptions;
  readonly input: Input;
  /** The first line that counts. */
  readonly first: number;
}

export interface Checked {
  readonly events: number;
  readonly topic: string;
  /** Whether a contract said what is right. */
  readonly checked: boolean;
}

/** Faults that the error for programs lists; people are shown each as it is found. */
const LISTED = 1_000;

/** Goes through all payloads and lists every fault. @throws CliError when there is one; nothing was sent */
export async function checkAll({ session, ops, type, options, input, first }: PublishWork): Promise<Checked> {
  const { output, signal } = session;
  const progress = output.progress('Checking');
  let events = 0;
  let bad = 0;
  let topic = '';
  let checked = true;
  const faults: string[] = [];
  const tell = async (fault: string, line: number) => {
    const text = shown(input.isLines ? `line ${line}: ${fault}` : fault);
    if (!input.isLines || output.isJson) {
      if (faults.length < LISTED) faults.push(text);
    } else {
      await progress.end();
      await output.note(text);
    }
  };
  for await (const { number, bytes } of input.lines()) {
    signal.throwIfAborted();
    if (number < first) continue;
    events++;
    try {
      const found = await ops.events.check(type, payloadOf(bytes), options);
      ({ topic, checked } = found);
    } catch (error) {
      const found = faultsOfPayload(error);
      if (!found) throw error;
      bad++;
      for (const fault of found) await tell(fault, number);
    }
    await progress.update(events);
  }
  await progress.end();
  if (bad === 0) return { events, topic, checked };
  const what = input.isLines
    ? `${count(bad)} of ${count(events)} lines are not valid payloads of '${type}'`
    : `The payload is not valid for '${type}'`;
  throw new CliError('TRAMLINE_PAYLOAD', `${what}; nothing was sent.`, undefined, { faults });
}
