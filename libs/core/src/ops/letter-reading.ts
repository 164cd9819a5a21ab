import { LETTER_ID } from '../envelope/headers.js';
import { headerText } from '../envelope/origin.js';
import { ConfigurationError } from '../errors.js';
import { readLetter, type Letter } from '../failure/letter.js';
import { mergedRecords } from '../read/merged-records.js';
import type { Stretch } from '../read/partition-cursor.js';
import type { PartitionOffsets } from '../transport/admin.js';
import { isUnknownTopic } from './errors.js';
import { isWanted, type LetterFilter } from './letter-filter.js';
import type { LetterState, LetterStates } from './letter-states.js';
import type { OpsPorts } from './ports.js';
import { unknownGroup } from './unknown-group.js';

/** A letter and what was done with it; no state: it waits for a decision. */
export interface ListedLetter extends Letter {
  readonly state: LetterState | undefined;
}

/** Some letters, oldest first, and where the next page begins. */
export interface LetterPage {
  readonly letters: readonly ListedLetter[];
  /** Give it as `after`; undefined: this was the last page. */
  readonly next: string | undefined;
}

/** Where a reading stands: the next offset of each partition and where it is to end. */
export type LetterCursor = readonly (readonly [partition: number, from: number, to: number])[];

/** Letters of one partition; a batch or more of any transport. */
const WORTH_A_FLOOR = 1_000;

/** Reads the letters of one group, beside whatever goes on. */
export class LetterReading {
  constructor(
    private readonly ports: OpsPorts,
    private readonly group: string,
    private readonly states: LetterStates,
  ) {}

  /** The letters that lie there now. @throws UnknownGroupError | TransportError */
  async *list(
    filter: LetterFilter,
    all: boolean,
    signal?: AbortSignal,
    moved?: (partition: number, next: number) => void,
    cursor?: LetterCursor,
  ): AsyncGenerator<ListedLetter, void, undefined> {
    const { transport, naming } = this.ports;
    const places = cursor ?? (await this.places(filter, all));
    if (cursor) await this.states.refresh();
    const topic = naming.dead(this.group);
    const stretches: Stretch[] = places
      .filter(([, from, to]) => from < to)
      .map(([partition, from, to]) => ({ topic, partition, from, to }));
    const wanted = isWanted(filter);
    const ids = filter.ids && new Set(filter.ids).size;
    const seen = new Set<string>();
    for await (const record of mergedRecords(transport, stretches, () => true, signal)) {
      moved?.(record.partition, record.offset + 1);
      // Those that somebody decided on may be many: little is done for them.
      const known = all ? undefined : headerText(record, LETTER_ID);
      if (known !== undefined && this.states.isSettled(known)) continue;
      const letter = readLetter(record, this.group, naming);
      if (!wanted(letter) || seen.has(letter.id)) continue;
      seen.add(letter.id);
      const state = this.states.get(letter.id);
      if (all || state === undefined || state.state === 'redriving') yield { ...letter, state };
      if (seen.size === ids) return;
    }
  }

  /** At most `limit` letters from where the page before ended. @throws ConfigurationError for a cursor that is none */
  async page(
    filter: LetterFilter,
    all: boolean,
    limit: number,
    after: string | undefined,
    signal?: AbortSignal,
  ): Promise<LetterPage> {
    const places = after === undefined ? await this.places(filter, all) : readCursor(after);
    const next = new Map(places.map(([partition, from]) => [partition, from]));
    const letters: ListedLetter[] = [];
    const moved = (partition: number, offset: number) => void next.set(partition, offset);
    const cursor = () => places.map(([partition, , to]) => [partition, next.get(partition)!, to] as const);
    for await (const letter of this.list(filter, all, signal, moved, places)) {
      letters.push(letter);
      if (letters.length === limit) return { letters, next: writeCursor(cursor()) };
    }
    return { letters, next: undefined };
  }

  /**
   * Notes below which offsets every letter was decided on, so that the next reading begins there.
   * @param least - letters of a partition that are worth it; a note for a few would take as long to read
   */
  async raiseFloors(least = WORTH_A_FLOOR): Promise<void> {
    const { transport, naming } = this.ports;
    const topic = naming.dead(this.group);
    for (const [partition, from, to] of await this.places({}, false)) {
      let floor = from;
      scan: for await (const batch of transport.read({ topic, partition, from, to })) {
        for (const record of batch) {
          if (!this.states.isSettled(readLetter(record, this.group, naming).id)) break scan;
          floor = record.offset + 1;
        }
      }
      if (floor - from >= least) await this.states.saveFloor(partition, floor);
    }
  }

  /** All that there is now; with `since`, from there on. */
  private async places({ since }: LetterFilter, all: boolean): Promise<LetterCursor> {
    const { topics } = this.ports.transport;
    const topic = this.ports.naming.dead(this.group);
    const bounds = await letterBounds(this.ports, this.group);
    await this.states.refresh();
    const starts = since ? await topics.offsetsAt(topic, since.getTime()) : [];
    return bounds.map(({ partition, earliest, end }) => {
      const start = starts.find((one) => one.partition === partition)?.offset ?? earliest;
      const floor = all ? 0 : this.states.floor(partition);
      return [partition, Math.min(end, Math.max(earliest, start, floor)), end] as const;
    });
  }
}

/** Where a group's letters lie. @throws UnknownGroupError | TransportError */
export async function letterBounds(ports: OpsPorts, group: string): Promise<PartitionOffsets[]> {
  const { transport, naming } = ports;
  const topic = naming.dead(group);
  try {
    return await transport.topics.offsets(topic);
  } catch (thrown) {
    if (!isUnknownTopic(thrown)) throw thrown;
    throw await unknownGroup(ports, group, `with dead letters: topic '${topic}' does not exist`);
  }
}

function writeCursor(cursor: LetterCursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

function readCursor(text: string): LetterCursor {
  try {
    const cursor = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown;
    const isPlace = (place: unknown) =>
      Array.isArray(place) &&
      place.length === 3 &&
      place.every((one) => Number.isSafeInteger(one) && one >= 0);
    if (Array.isArray(cursor) && cursor.every(isPlace)) return cursor as LetterCursor;
  } catch {
    // Told below.
  }
  throw new ConfigurationError([
    `'after' is no page of dead letters. Give what the page before said as 'next'.`,
  ]);
}
