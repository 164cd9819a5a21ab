import type { GroupHealth } from './group-health.js';
import type { StalledError } from './stalled-error.js';
import type { Tools } from './work.js';

/**
 * How a group stands, and who is told of a change: health, log and observations.
 *
 * Starting -> joined, when an assignment is complete; joined <-> away, while the transport cannot reach the broker; joined
 * <-> stalled, while it does not move though it should. Any -> failed, and from there joined or away when it is joined anew.
 * Any -> stopped, for good.
 */
export class GroupStanding {
  private current: GroupHealth['status'] = 'starting';
  /** Why it does not consume now. */
  private trouble: Error | undefined;
  private last: { readonly error: Error; readonly at: number } | undefined;

  constructor(private readonly tools: Tools) {}

  get status(): GroupHealth['status'] {
    return this.current;
  }

  /** What kept it from consuming last, and when (milliseconds since 1970); also when that is over. */
  get lastTrouble(): { readonly error: Error; readonly at: number } | undefined {
    return this.last;
  }

  /** Whether it has an assignment, or is about to, and nothing that was told keeps it from moving. */
  get isMoving(): boolean {
    return ['starting', 'joined', 'stalled'].includes(this.current);
  }

  joined(): void {
    if (this.current === 'away' || this.current === 'failed') {
      this.tools.log.info(`Group '${this.tools.group}' is back.`);
    }
    // That it has its share again does not mean that it moves.
    if (this.current !== 'stalled') this.becomes('joined');
  }

  away(error: Error): void {
    if (this.current !== 'away') {
      this.tools.log.warn(
        `Group '${this.tools.group}' cannot consume now and keeps trying: ${error.message}`,
      );
    }
    this.becomes('away', error);
  }

  stalled(error: StalledError): void {
    this.tools.throttled.write('error', `stalled ${error.reason}`, () => error.message);
    this.becomes('stalled', error);
  }

  /** It is no longer stalled. */
  moves(): void {
    if (this.current !== 'stalled') return;
    this.tools.log.info(`Group '${this.tools.group}' moves again.`);
    this.becomes('joined');
  }

  /** @param final - whether it is not tried again */
  failed(error: Error, final: boolean): void {
    // The same fault again is no news: readiness is false and health names it meanwhile.
    const isNews = this.trouble?.message !== error.message;
    this.becomes('failed', error);
    if (!isNews) return;
    this.tools.log.error(
      `Group '${this.tools.group}' ${final ? 'stopped' : 'does not consume, and tries again until it does'}: ${error.message}`,
    );
  }

  stopped(): void {
    this.current = 'stopped';
  }

  private becomes(status: 'joined' | 'away' | 'failed' | 'stalled', error?: Error): void {
    const { clock, observations, group } = this.tools;
    this.current = status;
    this.trouble = error;
    if (error) this.last = { error, at: clock.now() };
    if (observations.active) {
      observations.tell({ kind: 'consumer-status', group, status, ...(error && { error }) });
    }
  }
}
