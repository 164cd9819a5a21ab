import type { OutboxTables } from '../outbox/outbox-backend.js';
import type { OutboxOperator } from '../outbox/outbox-operator.js';
import type { Log } from '../log/log.js';
import type { Naming } from '../naming.js';
import type { Observations } from '../observe/observations.js';
import type { Clock } from '../time/clock.js';
import type { Random } from '../time/random.js';
import type { Transport } from '../transport/transport.js';

/** What operations need of a bus. `Tramline` is one; a command that runs beside the service makes its own. */
export interface OpsPorts {
  readonly transport: Transport;
  readonly naming: Naming;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly observations: Observations;
}

/** What operations need that also look into the database. */
export interface OpsParts extends OpsPorts {
  /** Undefined where no outbox was configured. */
  readonly outbox: OutboxOperator | undefined;
  /** As {@link outbox}. */
  readonly tables?: OutboxTables | undefined;
}
