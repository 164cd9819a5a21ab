/**
 * A relay alone in a process of its own: `node relay-process.ts <directory>`, with the table in `service.db` and the log beside
 * it. It runs until it is ended, and says `ready` when it relays.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { silentLog, Tramline } from '@tramline/core';
import { embedded } from '@tramline/embedded';
import { nodeSqlite } from '@tramline/outbox/node-sqlite';

const directory = process.argv[2]!;
const bus = new Tramline({
  service: 'relay',
  consume: false,
  transport: embedded({ directory: join(directory, 'log') }),
  outbox: nodeSqlite(new DatabaseSync(join(directory, 'service.db')), { relay: { lease: '3s' } }),
  log: silentLog,
});
await bus.start();
process.send!('ready');
process.once('disconnect', () => void bus.close());
