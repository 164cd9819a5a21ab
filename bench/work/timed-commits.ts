import type { Consumer } from 'kafkajs';

/** As the runtime commits. */
const EVERY_MS = 500;

/**
 * Commits of a kafkajs consumer on a timer, for `run({ autoCommit: false })`. By itself kafkajs commits after each batch of a
 * partition, and asks for more only when that was answered, whatever its interval says.
 */
export class TimedCommits {
  private readonly consumer: Consumer;
  private readonly topic: string;
  /** The offset behind the last one handled, by partition. */
  private readonly handled = new Map<number, bigint>();
  private readonly timer: NodeJS.Timeout;

  constructor(consumer: Consumer, topic: string) {
    this.consumer = consumer;
    this.topic = topic;
    this.timer = setInterval(() => void this.commit(), EVERY_MS);
  }

  done(partition: number, offset: string): void {
    this.handled.set(partition, BigInt(offset) + 1n);
  }

  /** Commits what is left. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.commit();
  }

  private async commit(): Promise<void> {
    const { topic } = this;
    const offsets = [...this.handled].map(([partition, offset]) => ({
      topic,
      partition,
      offset: String(offset),
    }));
    this.handled.clear();
    if (offsets.length > 0) await this.consumer.commitOffsets(offsets);
  }
}
