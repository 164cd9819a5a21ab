/**
 * A relay alone that times what it moves: `node timed-relay.ts <JSON of TimedRelayPlaces>`. Whenever it is asked, it tells the
 * latencies since it was asked last.
 */
import { consoleLog, Tramline } from '@tramline/core';
import { embedded } from '@tramline/embedded';
import { pg } from '@tramline/outbox/pg';
import { Pool } from 'pg';
import { percentiles } from '../long-transaction/percentiles.ts';
import { timed } from '../long-transaction/timed-transport.ts';

/** What it is told on its command line. */
export interface TimedRelayPlaces {
  readonly url: string;
  readonly directory: string;
}

const { url, directory } = JSON.parse(process.argv[2]!) as TimedRelayPlaces;
let latencies: number[] = [];
const pool = new Pool({ connectionString: url, max: 4, application_name: 'timed relay' });
const bus = new Tramline({
  service: 'relay',
  consume: false,
  transport: timed(embedded({ directory }), (ms) => latencies.push(ms)),
  outbox: pg(pool),
  log: consoleLog,
});
await bus.start();
process.on('message', () => {
  const told = latencies;
  latencies = [];
  process.send!(percentiles(told));
});
process.once('disconnect', () => void bus.close().then(() => pool.end()));
process.send!('ready');
