/**
 * A service whose handler has an effect once, alone in a process: `node crashing-process.ts <JSON of CrashingPlaces>`. Asked to,
 * it kills itself between the commit of the first effect and that of the offset.
 */
import { DatabaseSync } from 'node:sqlite';
import { silentLog, Tramline, type EventContext } from '@tramline/core';
import { embedded } from '@tramline/embedded';
import { nodeSqlite } from '@tramline/outbox/node-sqlite';
import { pg } from '@tramline/outbox/pg';
import { Pool } from 'pg';
import { Counted, type Payload } from '../support/world.ts';
import { effect } from './effects.ts';

/** What it is told on its command line. */
export interface CrashingPlaces {
  readonly directory: string;
  /** A file, or a URL of PostgreSQL. */
  readonly database: string;
  readonly dies: boolean;
}

const { directory, database, dies } = JSON.parse(process.argv[2]!) as CrashingPlaces;
const outbox = database.startsWith('postgres:')
  ? pg(new Pool({ connectionString: database }), { autoCreate: true })
  : nodeSqlite(new DatabaseSync(database), { autoCreate: true });
const bus = new Tramline({
  ...{ service: 'spec', transport: embedded({ directory }), outbox, log: silentLog },
  // A crash is noticed by the next life after this.
  consumer: { sessionTimeout: '3s', commitInterval: '10s' },
  handlers: [
    {
      id: 'count',
      events: [Counted],
      once: true,
      run: ({ n }: Payload, { tx, eventId }: EventContext) => effect(tx, eventId, n),
    },
  ],
});
bus.observations.observe((observation) => {
  const { kind } = observation;
  if (kind !== 'done' && kind !== 'known') return;
  process.send!({ kind, eventId: observation.eventId });
  // Its transaction is committed; offsets are committed every ten seconds.
  if (kind === 'done' && dies) process.kill(process.pid, 'SIGKILL');
});
await bus.start();
process.once('disconnect', () => void bus.close().then(() => process.exit(0)));
