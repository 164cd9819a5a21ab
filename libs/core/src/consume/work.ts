import type { Contract } from '../contract/contract.js';
import { asError } from '../errors.js';
import { decide, type Decision } from '../failure/decide.js';
import { asText } from '../failure/failed-event.js';
import type { Failed, FailureEngine } from '../failure/failure-engine.js';
import type { Log } from '../log/log.js';
import type { ThrottledLog } from '../log/throttled-log.js';
import type { Observations } from '../observe/observations.js';
import type { Clock } from '../time/clock.js';
import type { Random } from '../time/random.js';
import type { HandlerRunner } from './attempt.js';
import { Link } from './chain.js';
import { EventContext } from './event-context.js';
import type { Incoming, PayloadReader } from './incoming.js';

/** What deliveries of one group share. */
export interface Tools {
  readonly group: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly payloads: PayloadReader;
  /** Null for broadcast: what fails in place is given up. */
  readonly failures: FailureEngine | null;
  readonly log: Log;
  /** For lines about single events. */
  readonly throttled: ThrottledLog;
  readonly observations: Observations;
}

/** An attempt, or a write, that a partition which is handed over waits for. */
export class Running extends Link {
  /** @param contexts - aborted when the partition is lost; none for a mere write */
  constructor(readonly contexts: readonly EventContext[]) {
    super();
  }
}

/** The partition's side of a delivery. */
export interface Owner {
  /** No attempt begins any more: the partition is being handed over. */
  readonly draining: boolean;
  /** Aborted when the partition is gone; the outcome of what still runs is then ignored. */
  readonly signal: AbortSignal;
  /** Begins and ends: `drain` waits in between. Each may be called again, and `stopped` without `began`. */
  began(running: Running): void;
  stopped(running: Running): void;
  /** Waits before another attempt in place; the callback comes early when draining begins, and at once after that. */
  later(ms: number, go: () => void): void;
  /** One handler is through with the event. */
  done(incoming: Incoming): void;
}

/** One event at one handler, from its first attempt in this delivery to its end. */
export class Work {
  /** Attempts in this delivery. */
  tries = 0;
  private began = 0;

  constructor(
    readonly incoming: Incoming,
    readonly runner: HandlerRunner,
    private readonly owner: Owner,
    private readonly tools: Tools,
  ) {}

  /** Counts an attempt and makes its context. */
  context(): EventContext {
    this.tries++;
    const { envelope, history } = this.incoming;
    if (this.tools.observations.active) {
      this.began = this.tools.clock.monotonic();
      if (this.tries === 1) this.tools.observations.tell({ kind: 'delivered', ...this.subject() });
    }
    return new EventContext(
      envelope,
      history.origin,
      this.runner.handler.id,
      this.tools.group,
      history.attempts + this.tries,
      undefined,
      history.replay,
    );
  }

  /** @throws PayloadError */
  payload(): unknown {
    return this.tools.payloads.read(this.incoming, this.contract(), this.runner.handler.tombstones);
  }

  succeeded(): void {
    if (this.tools.observations.active) {
      this.tools.observations.tell({ kind: 'done', durationMs: this.elapsed(), ...this.subject() });
    }
    this.owner.done(this.incoming);
  }

  /** What the policy says of a failed attempt. */
  decide(error: Error): Decision {
    if (this.tools.observations.active) {
      this.tools.observations.tell({
        kind: 'attempt-failed',
        error,
        durationMs: this.elapsed(),
        ...this.subject(),
      });
    }
    const { policy } = this.runner.handler;
    return decide(policy, error, this.tries, this.incoming.history.deliveries, this.tools.random);
  }

  /**
   * Carries the event to where the decision sends it, and counts it as done. Never rejects: when the partition was lost
   * meanwhile the event is not done, and whoever has the partition runs it again.
   */
  async leave(decision: Exclude<Decision, { kind: 'again' }>, error: Error): Promise<void> {
    const { failures, observations } = this.tools;
    try {
      if (decision.kind === 'discard' || failures === null) {
        const reason = decision.kind === 'discard' ? decision.reason : 'broadcast';
        if (decision.kind !== 'discard') this.tellGivenUp(error);
        if (observations.active) observations.tell({ kind: 'discarded', reason, error, ...this.subject() });
      } else if (decision.kind === 'wait')
        await failures.wait(this.failed(), error, decision.delayMs, this.owner.signal);
      else await failures.die(this.failed(), error, decision.reason, this.owner.signal);
    } catch (thrown) {
      if (!this.owner.signal.aborted) {
        this.tools.log.error(
          `Event ${this.incoming.envelope.id} could not leave handler '${this.runner.handler.id}'; its offset is held until a restart: ${asError(thrown).message}`,
        );
      }
      return;
    }
    this.owner.done(this.incoming);
  }

  private tellGivenUp(error: Error): void {
    const { envelope } = this.incoming;
    const { id } = this.runner.handler;
    this.tools.throttled.write(
      'error',
      `given up ${id}`,
      () =>
        `'${envelope.type}' ${envelope.id} is given up by broadcast handler '${id}' (group '${this.tools.group}', attempt ${this.tries}): ${asText(error.message)}`,
    );
  }

  private failed(): Failed {
    const { record, envelope, history } = this.incoming;
    return {
      record,
      envelope,
      handlerId: this.runner.handler.id,
      history: { ...history, attempts: history.attempts + this.tries },
    };
  }

  private contract(): Contract {
    const { type } = this.incoming.envelope;
    // A waiting event whose handler no longer names its type is still this handler's: it gets the payload unchecked.
    return (
      this.runner.handler.contracts.find((contract) => contract.type === type) ?? {
        type,
        topic: type,
        key: null,
      }
    );
  }

  private elapsed(): number {
    return this.tools.clock.monotonic() - this.began;
  }

  private subject() {
    const { envelope, history } = this.incoming;
    return {
      group: this.tools.group,
      handlerId: this.runner.handler.id,
      eventId: envelope.id,
      type: envelope.type,
      key: envelope.key,
      origin: history.origin,
      attempt: history.attempts + this.tries,
    };
  }
}
