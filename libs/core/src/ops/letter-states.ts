import { textOf } from '../envelope/text.js';
import type { Naming } from '../naming.js';
import type { Transport } from '../transport/transport.js';

/**
 * What was done with a dead letter. `redriving` is written before the event is sent and `redriven` after it is acknowledged;
 * a letter that is found in `redriving` was interrupted in between: it may or may not have been sent.
 */
export type LetterState =
  | {
      readonly state: 'redriving' | 'redriven';
      readonly n: number;
      readonly actor: string;
      readonly at: number;
    }
  | { readonly state: 'discarded'; readonly reason: string; readonly actor: string; readonly at: number };

const TIMEOUT_MS = 10_000;

/** Keys of floors begin so; letter ids are hexadecimal. */
const FLOOR = 'floor:';

/**
 * The states of a group's dead letters, in its compacted topic `<group>.dead.state`, by letter id; and the floor of each
 * partition: below it every letter was redriven or discarded, so that whoever looks for others begins there.
 */
export class LetterStates {
  /** As text until it is asked for: most never are. */
  private readonly states = new Map<string, LetterState | string>();
  private readonly floors = new Map<number, number>();
  private position = 0;
  private readonly topic: string;

  constructor(
    private readonly transport: Transport,
    naming: Naming,
    group: string,
  ) {
    this.topic = naming.deadState(group);
  }

  /** Reads what was written since the last call. @throws TransportError */
  async refresh(): Promise<void> {
    const [bounds] = await this.transport.topics.offsets(this.topic);
    const from = Math.max(this.position, bounds?.earliest ?? 0);
    if (!bounds || from >= bounds.end) return;
    for await (const batch of this.transport.read({
      topic: this.topic,
      partition: 0,
      from,
      to: bounds.end,
    })) {
      for (const { key, value } of batch) {
        if (!key) continue;
        const id = textOf(key);
        if (id.startsWith(FLOOR)) this.raise(Number(id.slice(FLOOR.length)), Number(value && textOf(value)));
        else if (value) this.learn(id, textOf(value));
        else this.states.delete(id);
      }
    }
    this.position = bounds.end;
  }

  get(id: string): LetterState | undefined {
    const known = this.states.get(id);
    if (typeof known !== 'string') return known;
    const state = JSON.parse(known) as LetterState;
    this.states.set(id, state);
    return state;
  }

  /** Whether somebody decided on it: it was redriven or discarded. */
  isSettled(id: string): boolean {
    const state = this.get(id);
    return state !== undefined && state.state !== 'redriving';
  }

  /** The lowest offset of a partition at which a letter may wait. */
  floor(partition: number): number {
    return this.floors.get(partition) ?? 0;
  }

  /** Durable when it resolves. */
  async saveFloor(partition: number, offset: number): Promise<void> {
    await this.write([`${FLOOR}${partition}`], Buffer.from(String(offset)));
    this.raise(partition, offset);
  }

  /** Durable when it resolves. */
  async save(ids: readonly string[], state: LetterState): Promise<void> {
    await this.write(ids, Buffer.from(JSON.stringify(state)));
    for (const id of ids) this.states.set(id, state);
  }

  /** These letters wait for a decision again. Durable when it resolves. */
  async forget(ids: readonly string[]): Promise<void> {
    await this.write(ids, null);
    for (const id of ids) this.states.delete(id);
  }

  private learn(id: string, text: string): void {
    // A letter that dies again is another letter. So this was written by somebody who was interrupted, and landed late.
    const isLate =
      this.states.has(id) &&
      text.includes('redriving') &&
      (JSON.parse(text) as LetterState).state === 'redriving' &&
      this.isSettled(id);
    if (!isLate) this.states.set(id, text);
  }

  /** A floor that lands late lowers none. */
  private raise(partition: number, offset: number): void {
    if (offset > this.floor(partition)) this.floors.set(partition, offset);
  }

  private async write(ids: readonly string[], value: Uint8Array | null): Promise<void> {
    if (ids.length === 0) return;
    const records = ids.map((id) => ({ key: Buffer.from(id), value, headers: [] }));
    await this.transport.append({ topic: this.topic, partition: 0 }, records, { timeoutMs: TIMEOUT_MS });
  }
}
