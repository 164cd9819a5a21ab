import { asError, sleep, type Timer } from '@tramline/core';
import type { OutboxEntry, OutboxEnvironment } from '@tramline/core/outbox';

const AGAIN_MS = 200;
const APPEND_MS = 5_000;

/**
 * What was committed to a service's outbox, on its way into the log, one by one in the order of the commits. While the
 * broker is away it waits.
 */
export class Arrivals {
  readonly #timers = new Set<Timer>();
  readonly #waiting: OutboxEntry[] = [];
  readonly #closing = new AbortController();
  #running = false;
  #turn = 0;

  constructor(private readonly environment: OutboxEnvironment) {}

  get waiting(): number {
    return this.#waiting.length;
  }

  get scheduled(): number {
    return this.#timers.size;
  }

  add(entries: readonly OutboxEntry[], delayMs: number | null): void {
    if (this.#closing.signal.aborted) return;
    if (delayMs === null) {
      this.#waiting.push(...entries);
      void this.#run();
      return;
    }
    const timer = this.environment.clock.setTimer(delayMs, () => {
      this.#timers.delete(timer);
      this.add(entries, null);
    });
    this.#timers.add(timer);
  }

  close(): void {
    this.#closing.abort();
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    const { signal } = this.#closing;
    while (this.#waiting.length > 0 && !signal.aborted) {
      try {
        await this.#append(this.#waiting[0]!);
        this.#waiting.shift();
      } catch (thrown) {
        const error = asError(thrown);
        if ((error as { retriable?: unknown }).retriable === true) {
          await sleep(this.environment.clock, AGAIN_MS, signal).catch(() => undefined);
        } else {
          const { id, type } = this.#waiting.shift()!;
          this.environment.log.error(`Event '${type}' (${id}) of the outbox was not taken: ${error.message}`);
        }
      }
    }
    this.#running = false;
  }

  async #append({ id, type, topic, partition: named, record }: OutboxEntry): Promise<void> {
    const { transport, partitioner, prepareTopic, clock, observations } = this.environment;
    const begun = clock.monotonic();
    await prepareTopic(topic);
    const partitions = await transport.partitionCount(topic);
    const chosen = () =>
      record.key ? partitioner(record.key, partitions, topic) : this.#turn++ % partitions;
    const partition = named ?? chosen();
    const { baseOffset: offset } = await transport.append({ topic, partition }, [record], {
      timeoutMs: APPEND_MS,
    });
    if (!observations.active) return;
    const key = record.key && new TextDecoder().decode(record.key);
    const durationMs = clock.monotonic() - begun;
    observations.tell({ kind: 'published', eventId: id, type, key, durationMs, topic, partition, offset });
  }
}
