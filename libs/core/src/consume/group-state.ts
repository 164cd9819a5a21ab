import { asError } from '../errors.js';
import type { StoredRecord } from '../transport/records.js';
import type { Transport } from '../transport/transport.js';
import { TransportError } from '../transport/transport-error.js';
import { partitionName, type TopicPartition } from '../transport/records.js';

/** How a group's first start on a topic was. `starts`: the position of every partition that the topic had then. */
export interface TopicStart {
  readonly startFrom: 'earliest' | 'latest';
  readonly starts: readonly number[];
}

/** How long a write to the state topic may take before it is tried again. */
const WRITE_TIMEOUT_MS = 10_000;

/**
 * What a group remembers beyond its offsets, in its compacted topic `<group>.state`: where it started on each topic, which
 * partitions it ever committed, and which handlers it had. So a missing offset can be told from a first start.
 * Keys: `topic:<topic>`, `partition:<topic>/<partition>`, `handler:<id>`; values are JSON. The newest record of a key holds.
 */
export class GroupState {
  private readonly values = new Map<string, unknown>();
  private position = 0;

  constructor(
    private readonly transport: Transport,
    private readonly stateTopic: string,
  ) {}

  /** Reads what was written since the last call. */
  async refresh(): Promise<void> {
    const [offsets] = await this.transport.topics.offsets(this.stateTopic);
    if (!offsets) return;
    const from = Math.max(this.position, offsets.earliest);
    if (from >= offsets.end) return;
    for await (const batch of this.transport.read({
      topic: this.stateTopic,
      partition: 0,
      from,
      to: offsets.end,
    })) {
      for (const record of batch) this.fold(record);
    }
    this.position = offsets.end;
  }

  topicStart(topic: string): TopicStart | undefined {
    return this.values.get(`topic:${topic}`) as TopicStart | undefined;
  }

  hasStarted(partition: TopicPartition): boolean {
    return this.values.has(`partition:${partitionName(partition)}`);
  }

  knowsHandler(id: string): boolean {
    return this.values.has(`handler:${id}`);
  }

  /** Topics that the group ever started on. */
  topics(): string[] {
    return this.named('topic:');
  }

  /** Ids of the handlers that the group ever had. */
  handlers(): string[] {
    return this.named('handler:');
  }

  async saveTopicStart(topic: string, start: TopicStart): Promise<void> {
    await this.save([[`topic:${topic}`, start]]);
  }

  async saveStarted(partitions: readonly TopicPartition[]): Promise<void> {
    await this.save(partitions.map((partition) => [`partition:${partitionName(partition)}`, true]));
  }

  async saveHandlers(ids: readonly string[]): Promise<void> {
    await this.save(ids.map((id) => [`handler:${id}`, true]));
  }

  private named(prefix: string): string[] {
    return [...this.values.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length))
      .sort();
  }

  private async save(entries: readonly (readonly [string, unknown])[]): Promise<void> {
    if (entries.length === 0) return;
    const records = entries.map(([key, value]) => ({
      key: Buffer.from(key),
      value: Buffer.from(JSON.stringify(value)),
      headers: [],
    }));
    await this.transport.append({ topic: this.stateTopic, partition: 0 }, records, {
      timeoutMs: WRITE_TIMEOUT_MS,
    });
    for (const [key, value] of entries) this.values.set(key, value);
  }

  private fold(record: StoredRecord): void {
    if (!record.key) return;
    const key = Buffer.from(record.key).toString();
    if (!record.value) {
      this.values.delete(key);
      return;
    }
    try {
      this.values.set(key, JSON.parse(Buffer.from(record.value).toString()));
    } catch (thrown) {
      throw new TransportError(
        'TRAMLINE_STORAGE',
        `Record ${record.offset} of '${this.stateTopic}' is not JSON (${asError(thrown).message}). Something else writes to this topic; it belongs to Tramline.`,
        { cause: thrown },
      );
    }
  }
}
