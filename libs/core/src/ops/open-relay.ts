import type { OutboxHealth, RelayHealth } from '../outbox/outbox-backend.js';
import { ConfigurationError } from '../errors.js';
import type { Observer } from '../observe/observation.js';
import type { TramlineOptions } from '../options.js';
import { Tramline } from '../tramline.js';
import type { OpsOptions } from './open-ops.js';

export interface RelayRunOptions extends OpsOptions, Pick<TramlineOptions, 'topics'> {
  /** Told what happens to rows and to the relay. */
  readonly onObservation?: Observer;
}

/** The relay of an outbox by itself, beside services that leave relaying to it. Made -> started -> closed. */
export interface RelayRun {
  /**
   * Begins; while database or broker are away it resolves and goes on trying.
   * @throws OutboxError when the tables are missing, or older or newer than this code
   */
  start(): Promise<void>;
  readonly relay: RelayHealth;
  readonly outbox: OutboxHealth;
  /** Lets flights end, gives up its leases, closes. Idempotent; never rejects. */
  close(): Promise<void>;
}

/** @throws ConfigurationError with every fault, also where there is no outbox, or one with `relay: false` */
export function openRelay({ onObservation, ...options }: RelayRunOptions): RelayRun {
  if (options.outbox === undefined)
    throw new ConfigurationError([
      `There is no outbox to relay. Give one, such as outbox: pg(pool) from '@tramline/outbox/pg'.`,
    ]);
  const bus = new Tramline({ service: 'tramline-relay', ...options, consume: false });
  if (onObservation) bus.observations.observe(onObservation);
  const health = () => {
    const { relay, outbox } = bus.health();
    if (relay && outbox) return { relay, outbox };
    void bus.close();
    throw new ConfigurationError([
      `The outbox was given with relay: false, which says that others relay. Leave that out here.`,
    ]);
  };
  health();
  return {
    start: () => bus.start(),
    get relay() {
      return health().relay;
    },
    get outbox() {
      return health().outbox;
    },
    close: () => bus.close(),
  };
}
