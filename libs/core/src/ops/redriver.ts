import { asError } from '../errors.js';
import * as names from '../envelope/headers.js';
import { failureAppender } from '../failure/failure-appender.js';
import { failureHeaders, originalHeaders, textHeader } from '../failure/failed-event.js';
import { isTooLarge } from '../failure/failure-writer.js';
import type { Letter } from '../failure/letter.js';
import { publisherSettings } from '../publish/publisher-options.js';
import type { OutgoingRecord, StoredRecord } from '../transport/records.js';
import { isUnknownTopic } from './errors.js';
import type { ListedLetter } from './letter-reading.js';
import type { LetterStates } from './letter-states.js';
import type { OpsPorts } from './ports.js';

export interface RedriveOptions {
  /** Who does it, for the record. */
  readonly actor: string;
  /** Letters a second. Default 100. */
  readonly rate?: number;
  /** Counts and changes nothing. */
  readonly dryRun?: boolean;
  /** Letters whose event was redriven this often already are refused: something is still broken. Default 5. */
  readonly maxRedrives?: number;
  /** Ends it after the letters under way; what is left can be redriven later. */
  readonly signal?: AbortSignal;
  /** Called after each step with the figures so far. */
  readonly onProgress?: (soFar: RedriveResult) => void;
}

/** Numbers of letters. */
export interface RedriveResult {
  /** Sent to their handlers (with `dryRun`: would be sent). */
  readonly redriven: number;
  /** Of these, found interrupted: they may have been sent before. */
  readonly repeated: number;
  /** Not sent, each with its reason: redriven too often, without a body, named though somebody decided on it before. */
  readonly refused: readonly { readonly id: string; readonly why: string }[];
  /** It was ended by its signal: some that match may be left. */
  readonly stopped: boolean;
}

/** What redriving a few letters came to. */
export interface RedriveStep {
  readonly sent: readonly ListedLetter[];
  readonly refused: RedriveResult['refused'];
}

/**
 * Sends letters back, a few at a time: their state `redriving` is written, then they are sent, then `redriven` is written. Ended
 * in between by a crash, they are found in `redriving`, and sent again under the same number.
 */
export class Redriver {
  private readonly sender;

  constructor(
    private readonly ports: OpsPorts,
    private readonly group: string,
    private readonly states: LetterStates,
    private readonly actor: string,
  ) {
    const { transport, clock, random, log } = ports;
    this.sender = failureAppender(transport, publisherSettings({}, []), clock, random, log);
  }

  close(): Promise<void> {
    return this.sender.close();
  }

  async send(letters: readonly ListedLetter[]): Promise<RedriveStep> {
    const refused: { id: string; why: string }[] = [];
    const bodies = await Promise.all(letters.map((letter) => bodyOf(this.ports, letter)));
    const ready = letters.flatMap((letter, index) => {
      const body = bodies[index];
      if (body) return [{ letter, body }];
      const { topic, partition, offset } = letter.history.origin;
      refused.push({
        id: letter.id,
        why: `holds no body, and ${topic}/${partition} offset ${offset} no longer exists`,
      });
      return [];
    });
    await this.save(
      'redriving',
      ready.map(({ letter }) => letter),
    );
    const topic = this.ports.naming.retryNow(this.group);
    const tooLarge = new Set<ListedLetter>();
    await Promise.all(
      ready.map(({ letter, body }) =>
        this.sender.append(topic, redriveRecord(letter, body, this.group)).catch((thrown: unknown) => {
          const error = asError(thrown);
          if (!isTooLarge(error)) throw error;
          tooLarge.add(letter);
          refused.push({ id: letter.id, why: `is larger than '${topic}' takes: ${error.message}` });
        }),
      ),
    );
    // One that was interrupted before may have been sent then: that stays said.
    const fresh = [...tooLarge].filter(({ state }) => state === undefined);
    await this.states.forget(fresh.map(({ id }) => id));
    const sent = ready.map(({ letter }) => letter).filter((letter) => !tooLarge.has(letter));
    await this.save('redriven', sent);
    this.observe(sent);
    return { sent, refused };
  }

  /** Letters of one step may have been redriven unequally often; their states say so one by one. */
  private async save(state: 'redriving' | 'redriven', letters: readonly ListedLetter[]): Promise<void> {
    for (const n of new Set(letters.map(redriveOf))) {
      const ids = letters.filter((letter) => redriveOf(letter) === n).map(({ id }) => id);
      await this.states.save(ids, { state, n, actor: this.actor, at: this.ports.clock.now() });
    }
  }

  private observe(letters: readonly ListedLetter[]): void {
    const { observations } = this.ports;
    if (!observations.active) return;
    for (const letter of letters) {
      const { id, handlerId } = letter;
      observations.tell({
        kind: 'redriven',
        group: this.group,
        handlerId,
        letterId: id,
        redrive: redriveOf(letter),
      });
    }
  }
}

/** The record whose bytes are the event's; undefined when they are gone. */
export async function bodyOf({ transport }: OpsPorts, letter: Letter): Promise<StoredRecord | undefined> {
  if (!letter.byReference) return letter.record;
  const { topic, partition, offset } = letter.history.origin;
  try {
    for await (const [record] of transport.read({ topic, partition, from: offset, to: offset + 1 })) {
      if (record?.offset === offset) return record;
    }
  } catch (thrown) {
    if (!isUnknownTopic(thrown)) throw thrown;
  }
  return undefined;
}

function redriveOf({ history }: Letter): number {
  return history.redrives + 1;
}

function redriveRecord(letter: Letter, body: StoredRecord, group: string): OutgoingRecord {
  const history = { ...letter.history, redrives: redriveOf(letter), deliveries: 0 };
  return {
    key: body.key,
    value: body.value,
    headers: [
      ...originalHeaders(body),
      ...failureHeaders(letter.handlerId, group, history, letter.diedAt, null),
      textHeader(names.DUE, 0),
    ],
  };
}
