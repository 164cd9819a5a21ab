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

/** The states of a group's dead letters, in its compacted topic `<group>.dead.state`, by letter id. */
export class LetterStates {
  private readonly states = new Map<string, LetterState>();
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
        const id = Buffer.from(key).toString();
        if (value) this.learn(id, JSON.parse(Buffer.from(value).toString()) as LetterState);
        else this.states.delete(id);
      }
    }
    this.position = bounds.end;
  }

  get(id: string): LetterState | undefined {
    return this.states.get(id);
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

  private learn(id: string, state: LetterState): void {
    const known = this.states.get(id);
    // A letter that dies again is another letter. So this was written by somebody who was interrupted, and landed late.
    const isLate = state.state === 'redriving' && known !== undefined && known.state !== 'redriving';
    if (!isLate) this.states.set(id, state);
  }

  private async write(ids: readonly string[], value: Uint8Array | null): Promise<void> {
    if (ids.length === 0) return;
    const records = ids.map((id) => ({ key: Buffer.from(id), value, headers: [] }));
    await this.transport.append({ topic: this.topic, partition: 0 }, records, { timeoutMs: TIMEOUT_MS });
  }
}
