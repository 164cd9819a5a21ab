import type { TransportEnvironment, TransportProvider } from '@tramline/core';
import { MemoryBroker, type MemoryBrokerOptions } from './broker.js';
import type { MemoryTransport } from './transport.js';

export interface MemoryOptions extends MemoryBrokerOptions {
  /** The broker to use; its own options apply then. Default: a new one, which every `open` of this provider shares. */
  readonly broker?: MemoryBroker;
}

/** {@link memory}'s provider: what it opens can crash, and its broker can be reached. */
export interface MemoryProvider extends TransportProvider {
  readonly broker: MemoryBroker;
  open(environment: TransportEnvironment): MemoryTransport;
}

/** The transport that lives in memory, on whatever clock it is opened with. For tests: it ends with the process. */
export function memory(options: MemoryOptions = {}): MemoryProvider {
  const broker = options.broker ?? new MemoryBroker(options);
  return { name: 'memory', broker, open: (environment) => broker.open(environment) };
}
