import { asError, ConfigurationError, TramlineError } from '../errors.js';
import { failureAppender } from '../failure/failure-appender.js';
import { isTooLarge } from '../failure/failure-writer.js';
import { failureHeaders, originalHeaders, textHeader } from '../failure/failed-event.js';
import { readLetter, type Letter } from '../failure/letter.js';
import * as names from '../envelope/headers.js';
import { publisherSettings } from '../publish/publisher-options.js';
import { mergedRecords } from '../read/merged-records.js';
import { sleep } from '../time/clock.js';
import type { OutgoingRecord, StoredRecord } from '../transport/records.js';
import { isWanted, type LetterFilter } from './letter-filter.js';
import { LetterStates, type LetterState } from './letter-states.js';
import type { OpsPorts } from './ports.js';

/** A letter and what was done with it; no state: it waits for a decision. */
export interface ListedLetter extends Letter {
  readonly state: LetterState | undefined;
}

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
  readonly refused: readonly { readonly id: string; readonly why: string }[];
}

/** The group keeps no dead letters: there is no such group, or it was never started. */
export class UnknownGroupError extends TramlineError {
  readonly code = 'TRAMLINE_UNKNOWN_GROUP';

  constructor(
    readonly group: string,
    topic: string,
  ) {
    super(
      `There is no group '${group}' with dead letters: topic '${topic}' does not exist. Check the name and the namespace; a group has them once it was started.`,
    );
  }
}

/** Letters that are sent together between two writes of their state. */
const STEP = 100;

/** The dead letters of one group: list, redrive, discard. Works beside running services and on any transport. */
export class DeadLetters {
  private readonly states: LetterStates;

  constructor(
    private readonly ports: OpsPorts,
    readonly group: string,
  ) {
    this.states = new LetterStates(ports.transport, ports.naming, group);
  }

  /**
   * The letters that lie there now, oldest first; copies of one letter come once. Discarded and redriven ones are left out
   * unless `all`. @throws UnknownGroupError | TransportError
   */
  async *list(
    filter: LetterFilter = {},
    { all = false, signal }: { all?: boolean; signal?: AbortSignal } = {},
  ): AsyncGenerator<ListedLetter, void, undefined> {
    const { transport, naming } = this.ports;
    const topic = naming.dead(this.group);
    const [bounds] = await Promise.all([transport.topics.offsets(topic), this.states.refresh()]).catch(
      (thrown: unknown) => {
        throw isUnknownTopic(thrown) ? new UnknownGroupError(this.group, topic) : thrown;
      },
    );
    const stretches = bounds.map(({ partition, earliest, end }) => ({
      topic,
      partition,
      from: earliest,
      to: end,
    }));
    const wanted = isWanted(filter);
    const seen = new Set<string>();
    for await (const record of mergedRecords(transport, stretches, () => true, signal)) {
      const letter = readLetter(record, this.group, naming);
      if (seen.has(letter.id) || !wanted(letter)) continue;
      seen.add(letter.id);
      const state = this.states.get(letter.id);
      if (all || state === undefined || state.state === 'redriving') yield { ...letter, state };
    }
  }

  /**
   * Sends letters back to the one handler that failed (those of handler `*` to every handler of their type), with their
   * attempts counted on and their delays from the start. At least once per letter: one that was interrupted is sent again.
   * Safe to end at any point and to run again. @throws ConfigurationError | TransportError
   */
  async redrive(filter: LetterFilter, options: RedriveOptions): Promise<RedriveResult> {
    const { rate = 100, maxRedrives = 5, signal } = options;
    if (!(rate > 0))
      throw new ConfigurationError([`redrive: rate is ${String(rate)}; give letters a second, more than 0.`]);
    const result = { redriven: 0, repeated: 0, refused: [] as { id: string; why: string }[] };
    const sender = this.sender();
    try {
      let step: ListedLetter[] = [];
      const go = async () => {
        if (!options.dryRun) await this.send(step, options.actor, sender.append, result.refused);
        result.redriven += step.length;
        result.repeated += step.filter(({ state }) => state?.state === 'redriving').length;
        options.onProgress?.(result);
        if (!options.dryRun) await sleep(this.ports.clock, (step.length * 1_000) / rate);
        step = [];
      };
      for await (const letter of this.list(filter)) {
        if (signal?.aborted) break;
        if (letter.history.redrives >= maxRedrives) {
          result.refused.push({
            id: letter.id,
            why: `redriven ${letter.history.redrives} times already (maxRedrives ${maxRedrives})`,
          });
          continue;
        }
        step.push(letter);
        if (step.length >= Math.min(STEP, Math.max(1, rate))) await go();
      }
      if (step.length > 0 && !signal?.aborted) await go();
    } finally {
      await sender.close();
    }
    return result;
  }

  /** Marks letters as of no further use. They stay in the topic until its retention ends. Answers how many. */
  async discard(
    filter: LetterFilter,
    { actor, reason }: { readonly actor: string; readonly reason: string },
  ): Promise<number> {
    let count = 0;
    let step: string[] = [];
    const go = async () => {
      await this.states.save(step, { state: 'discarded', reason, actor, at: this.ports.clock.now() });
      count += step.length;
      step = [];
    };
    for await (const { id } of this.list(filter)) {
      step.push(id);
      if (step.length >= STEP) await go();
    }
    if (step.length > 0) await go();
    return count;
  }

  private sender() {
    const { transport, clock, random, log } = this.ports;
    return failureAppender(transport, publisherSettings({}, []), clock, random, log);
  }

  private async send(
    step: ListedLetter[],
    actor: string,
    append: (topic: string, record: OutgoingRecord) => Promise<unknown>,
    refused: { id: string; why: string }[],
  ): Promise<void> {
    const bodies = await Promise.all(step.map((letter) => this.body(letter)));
    for (let index = step.length - 1; index >= 0; index--) {
      if (bodies[index] !== undefined) continue;
      const [letter] = step.splice(index, 1);
      bodies.splice(index, 1);
      const { topic, partition, offset } = letter!.history.origin;
      refused.push({
        id: letter!.id,
        why: `holds no body, and ${topic}/${partition} offset ${offset} no longer exists`,
      });
    }
    // Letters of one step may have been redriven unequally often; their states say so one by one.
    for (const [n, letters] of byRedrive(step)) {
      const ids = letters.map(({ id }) => id);
      await this.states.save(ids, { state: 'redriving', n, actor, at: this.ports.clock.now() });
    }
    const topic = this.ports.naming.retryNow(this.group);
    const tooLarge = new Set<ListedLetter>();
    await Promise.all(
      step.map((letter, index) =>
        append(topic, redriveRecord(letter, bodies[index]!, this.group)).catch((thrown: unknown) => {
          const error = asError(thrown);
          if (!isTooLarge(error)) throw error;
          tooLarge.add(letter);
          refused.push({ id: letter.id, why: `is larger than '${topic}' takes: ${error.message}` });
        }),
      ),
    );
    if (tooLarge.size > 0) {
      // One that was interrupted before may have been sent then: that stays said.
      const fresh = [...tooLarge].filter(({ state }) => state === undefined);
      await this.states.forget(fresh.map(({ id }) => id));
      step.splice(0, step.length, ...step.filter((letter) => !tooLarge.has(letter)));
    }
    for (const [n, letters] of byRedrive(step)) {
      const ids = letters.map(({ id }) => id);
      await this.states.save(ids, { state: 'redriven', n, actor, at: this.ports.clock.now() });
      this.observe(letters, n);
    }
  }

  /** The record whose bytes are the event's; undefined when they are gone. */
  private async body(letter: Letter): Promise<StoredRecord | undefined> {
    if (!letter.byReference) return letter.record;
    const { topic, partition, offset } = letter.history.origin;
    try {
      for await (const [record] of this.ports.transport.read({
        topic,
        partition,
        from: offset,
        to: offset + 1,
      })) {
        if (record?.offset === offset) return record;
      }
    } catch (thrown) {
      if (!isUnknownTopic(thrown)) throw thrown;
    }
    return undefined;
  }

  private observe(letters: readonly Letter[], n: number): void {
    const { observations } = this.ports;
    if (!observations.active) return;
    for (const { id, handlerId } of letters) {
      observations.tell({ kind: 'redriven', group: this.group, handlerId, letterId: id, redrive: n });
    }
  }
}

function byRedrive(letters: readonly Letter[]): Map<number, Letter[]> {
  const groups = new Map<number, Letter[]>();
  for (const letter of letters) {
    const n = letter.history.redrives + 1;
    const same = groups.get(n);
    if (same) same.push(letter);
    else groups.set(n, [letter]);
  }
  return groups;
}

function redriveRecord(letter: Letter, body: StoredRecord, group: string): OutgoingRecord {
  const history = { ...letter.history, redrives: letter.history.redrives + 1, deliveries: 0 };
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

function isUnknownTopic(thrown: unknown): boolean {
  return (thrown as { code?: unknown } | null)?.code === 'TRAMLINE_UNKNOWN_TOPIC';
}
