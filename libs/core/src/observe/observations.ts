import type { Log } from '../log/log.js';
import type { Observation, Observer } from './observation.js';

/**
 * The stream of observations. Telemetry, health, console and TestBus listen here. It costs nothing while nobody does:
 * whoever tells asks `active` before it builds an observation.
 */
export class Observations {
  /** Whether anybody listens. */
  active = false;
  private observers: readonly Observer[] = [];

  constructor(private readonly log: Log) {}

  /** Calls `observer` for everything from now on, at once and in order; it must be quick. Returns how to end it. */
  observe(observer: Observer): () => void {
    this.observers = [...this.observers, observer];
    this.active = true;
    return () => {
      this.observers = this.observers.filter((other) => other !== observer);
      this.active = this.observers.length > 0;
    };
  }

  tell(observation: Observation): void {
    for (const observer of this.observers) {
      try {
        observer(observation);
      } catch (error) {
        // An observer watches; it must not be able to change what happens to an event.
        this.log.error(`An observer threw on '${observation.kind}': ${String(error)}`);
      }
    }
  }
}
