import type { Origin } from '../consume/event-context.js';
import { ConfigurationError } from '../errors.js';
import type { OriginRange } from '../outbox/outbox-operator.js';
import { UnknownLetterError } from './errors.js';
import { LetterEraser, type EraseOptions, type EraseResult } from './letter-eraser.js';
import { jsonOf } from './found-events.js';
import type { LetterFilter } from './letter-filter.js';
import { LetterReading, type LetterPage, type ListedLetter } from './letter-reading.js';
import { LetterStates } from './letter-states.js';
import type { OpsPorts } from './ports.js';
import { redriveLetters } from './redrive-letters.js';
import { bodyOf, type RedriveOptions, type RedriveResult } from './redriver.js';

export interface LetterListOptions {
  /** Also those that were redriven or discarded. Default false. */
  readonly all?: boolean;
  readonly signal?: AbortSignal;
}

export interface LetterPageOptions extends LetterListOptions {
  /** Letters of one page, from 1. Default 50. */
  readonly limit?: number;
  /** Where it begins: what the page before said as `next`. Default: at the oldest. */
  readonly after?: string;
}

/** A letter with the event's own bytes. */
export interface ShownLetter extends ListedLetter {
  /** Null: a tombstone. Undefined: the letter holds no body, and the event is gone where it came from. */
  readonly value: Uint8Array | null | undefined;
  /** The value, where it is JSON. */
  readonly json: unknown;
  /** Whether `json` says what the value is. */
  readonly isJson: boolean;
}

export interface DiscardOptions {
  /** Who does it, for the record. */
  readonly actor: string;
  /** Why, for the record. */
  readonly reason: string;
  /** Counts and changes nothing. */
  readonly dryRun?: boolean;
  /** Ends it after the letters under way. */
  readonly signal?: AbortSignal;
  /** Called after each step with the number so far. */
  readonly onProgress?: (soFar: number) => void;
}

/** Letters whose state is written together. */
const STEP = 100;

/** The dead letters of one group: list, show, redrive, discard, erase. Works beside running services and on any transport. */
export class DeadLetters {
  private readonly states: LetterStates;
  private readonly reading: LetterReading;

  constructor(
    private readonly ports: OpsPorts,
    readonly group: string,
  ) {
    this.states = new LetterStates(ports.transport, ports.naming, group);
    this.reading = new LetterReading(ports, group, this.states);
  }

  /**
   * The letters that lie there now, oldest first; copies of one letter come once. Discarded and redriven ones are left out
   * unless `all`. @throws UnknownGroupError | TransportError
   */
  list(
    filter: LetterFilter = {},
    { all = false, signal }: LetterListOptions = {},
  ): AsyncGenerator<ListedLetter, void, undefined> {
    return this.reading.list(filter, all, signal);
  }

  /**
   * As {@link list}, some at a time; letters that come meanwhile are on none of the pages. A copy of a letter may come again on
   * a later page. @throws ConfigurationError | UnknownGroupError | TransportError
   */
  page(
    filter: LetterFilter = {},
    { all = false, limit = 50, after, signal }: LetterPageOptions = {},
  ): Promise<LetterPage> {
    if (Number.isInteger(limit) && limit >= 1) return this.reading.page(filter, all, limit, after, signal);
    return Promise.reject(
      new ConfigurationError([
        `'limit' is ${String(limit)}; give a whole number from 1, letters of one page.`,
      ]),
    );
  }

  /** One letter, whatever was done with it. @throws UnknownLetterError | UnknownGroupError | TransportError */
  async show(id: string): Promise<ShownLetter> {
    for await (const letter of this.list({ ids: [id] }, { all: true })) {
      const value = (await bodyOf(this.ports, letter))?.value;
      return { ...letter, value, ...jsonOf(value ?? null) };
    }
    throw new UnknownLetterError(id, this.group);
  }

  /** How many letters match. @throws UnknownGroupError | TransportError */
  async count(filter: LetterFilter = {}, options: LetterListOptions = {}): Promise<number> {
    let count = 0;
    for await (const _ of this.list(filter, options)) count++;
    return count;
  }

  /**
   * Sends letters back to the one handler that failed (those of handler `*` to every handler of their type), with their
   * attempts counted on and their delays from the start. At least once per letter: one that was interrupted is sent again.
   * One that was named by its id and decided on before is refused. Safe to end at any point and to run again.
   * @throws ConfigurationError | UnknownGroupError | UnknownLetterError, and nothing was sent | TransportError
   */
  async redrive(filter: LetterFilter, options: RedriveOptions): Promise<RedriveResult> {
    const settled = await this.settledOf(filter);
    return redriveLetters(
      this.ports,
      { group: this.group, states: this.states, reading: this.reading, settled },
      filter,
      options,
    );
  }

  /**
   * Marks letters as of no further use. They stay in the topic until its retention ends. Safe to end at any point.
   * @returns how many (with `dryRun`: would be), those left out that somebody decided on before
   * @throws UnknownGroupError | UnknownLetterError, and nothing was changed | TransportError
   */
  async discard(
    filter: LetterFilter,
    { actor, reason, dryRun = false, signal, onProgress }: DiscardOptions,
  ): Promise<number> {
    await this.settledOf(filter);
    let count = 0;
    const go = async (step: readonly string[]) => {
      if (!dryRun)
        await this.states.save(step, { state: 'discarded', reason, actor, at: this.ports.clock.now() });
      count += step.length;
      onProgress?.(count);
    };
    let step: string[] = [];
    for await (const { id } of this.list(filter)) {
      if (signal?.aborted) break;
      step.push(id);
      if (step.length < STEP) continue;
      await go(step);
      step = [];
    }
    if (step.length > 0 && !signal?.aborted) await go(step);
    if (!dryRun && count >= STEP) await this.reading.raiseFloors();
    return count;
  }

  /**
   * Those of the letters named by their ids that somebody decided on before. An id that no letter has is a slip, and must not
   * look like work that was done. @throws UnknownLetterError | UnknownGroupError | TransportError
   */
  private async settledOf({ ids = [] }: LetterFilter): Promise<ListedLetter[]> {
    if (ids.length === 0) return [];
    const missing = new Set(ids);
    const settled: ListedLetter[] = [];
    for await (const letter of this.list({ ids }, { all: true })) {
      missing.delete(letter.id);
      if (this.states.isSettled(letter.id)) settled.push(letter);
    }
    const [first] = missing;
    if (first !== undefined) throw new UnknownLetterError(first, this.group);
    return settled;
  }

  /**
   * Before the group is moved back: takes back decisions on letters of events that will be delivered again. An event that dies
   * once more does so under the same id, and would be taken for a copy of what was decided on. Letters behind the first that
   * waits may show up again.
   */
  async reopen(ranges: readonly OriginRange[]): Promise<void> {
    await this.reading.raiseFloors(1);
    const isMoved = ({ topic, partition, offset }: Origin) =>
      ranges.some(
        (range) =>
          range.topic === topic && range.partition === partition && offset >= range.from && offset < range.to,
      );
    let step: string[] = [];
    for await (const { id, history } of this.list({}, { all: true })) {
      if (isMoved(history.origin) && this.states.isSettled(id)) step.push(id);
      if (step.length < STEP) continue;
      await this.states.forget(step);
      step = [];
    }
    await this.states.forget(step);
  }

  /**
   * Deletes the letters of a key with their bytes, whatever was done with them, for good. The others are written anew, so let it
   * run where other letters have room twice. Ended at any point nothing is lost; run it again. The event itself lies in its topic
   * as long as that keeps it. @throws UnknownGroupError | TransportError
   */
  erase(key: string, options: EraseOptions = {}): Promise<EraseResult> {
    return new LetterEraser(this.ports, this.group).erase(({ envelope }) => envelope.key === key, options);
  }
}
