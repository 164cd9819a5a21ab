/**
 * A relay alone that times what it moves: `node timed-relay.ts <JSON of TimedRelayPlaces>`. Whenever it is asked, it tells the
 * latencies since it was asked last.
 */
import { consoleLog, Tramline } from '@tramline/core';
import { embedded } from '@tramline/embedded';
import { pg } from '@tramline/outbox/pg';
import { Pool } from 'pg';
import { percentiles, type Percentiles } from '../long-transaction/percentiles.ts';
import { Arrivals, timed } from '../long-transaction/timed-transport.ts';

/** What it is told on its command line. */
export interface TimedRelayPlaces {
  readonly url: string;
  readonly directory: string;
}

/** What it tells. */
export interface Told extends Percentiles {
  /** Appends to the partition that had most of them: so many pages were read at least. */
  readonly flights: number;
}

const { url, directory } = JSON.parse(process.argv[2]!) as TimedRelayPlaces;
const arrivals = new Arrivals();
const pool = new Pool({ connectionString: url, max: 4, application_name: 'timed relay' });
const bus = new Tramline({
  service: 'relay',
  consume: false,
  transport: timed(embedded({ directory }), arrivals),
  outbox: pg(pool),
  log: consoleLog,
});
await bus.start();
process.on('message', () => {
  const { latencies, flights } = arrivals.take();
  const told: Told = { ...percentiles(latencies), flights };
  process.send!(told);
});
process.once('disconnect', () => void bus.close().then(() => pool.end()));
process.send!('ready');
