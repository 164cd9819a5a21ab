/** A relay alone, beside those within the services: `RELAY_SCHEMA` names whose outbox it moves. */
import { consoleLog, Tramline } from '@tramline/core';
import { kafka } from '@tramline/kafka';
import { pg } from '@tramline/outbox/pg';
import { openPool } from '../open-pool.ts';
import { serveReadiness } from './ready.ts';

const schema = process.env['RELAY_SCHEMA']!;
const pool = openPool(process.env['DATABASE_URL']!, 4);
const bus = new Tramline({
  service: 'relay',
  consume: false,
  transport: kafka.fromEnv(),
  outbox: pg(pool, { tables: { schema }, autoCreate: true, relay: { lease: '5s' } }),
  log: consoleLog,
});
await bus.start();
serveReadiness(bus, async () => {
  await bus.close();
  await pool.end();
});
