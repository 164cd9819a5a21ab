import type { Transport } from '@tramline/core';

/**
 * The memory transport as one process holds it. Several of them on one {@link MemoryBroker} are several processes.
 * Besides the port it can crash and be cut off.
 */
export interface MemoryTransport extends Transport {
  /**
   * The process is gone, at once and for good: its calls never settle, its listeners are never called again, and after the
   * session timeout others take over what it held.
   */
  crash(): void;
  /** Cuts this process alone off from the broker, or mends that. Past the session timeout others take over. */
  setAway(away: boolean): void;
  /**
   * The broker hears nothing from this process, as when it stands still; past the session timeout others take over. Calls
   * go on to work: to stop the process as well, hold the clock that it was opened with.
   */
  setSilent(silent: boolean): void;
}
