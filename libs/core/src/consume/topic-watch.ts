import type { Clock, Timer } from '../time/clock.js';

/** A minute longer in a tier hurts nobody; asking for the topics more often would. */
const INTERVAL_MS = 60_000;

/**
 * Looks from time to time whether topics appeared that a member does not read yet. Begins when made; ends when it is stopped,
 * or when it has found some.
 */
export class TopicWatch {
  private timer: Timer | undefined;
  private over = false;

  /**
   * @param topics - tells what there is to be read
   * @param known - what is read already
   * @param appeared - called once, with the others
   */
  constructor(
    private readonly clock: Clock,
    private readonly topics: () => Promise<readonly string[]>,
    private readonly known: readonly string[],
    private readonly appeared: (topics: readonly string[]) => void,
  ) {
    this.arm();
  }

  stop(): void {
    this.over = true;
    this.timer?.cancel();
  }

  private arm(): void {
    this.timer = this.clock.setTimer(INTERVAL_MS, () => void this.look());
  }

  private async look(): Promise<void> {
    // Who cannot be asked now is asked the next time.
    const topics = await this.topics().catch(() => this.known);
    if (this.over) return;
    const added = topics.filter((topic) => !this.known.includes(topic));
    if (added.length === 0) return this.arm();
    this.stop();
    this.appeared(added);
  }
}
