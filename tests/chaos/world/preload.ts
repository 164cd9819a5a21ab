import { renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Loaded before every service. On SIGWINCH, which nobody else takes for anything (Nest stops on SIGUSR2), it writes to the file
 * `HEAP_FILE` how many bytes are in use when all that is unused was collected. And the service ends when whoever started it is
 * gone, however that ended.
 */
const file = `${process.env['HEAP_FILE']}`;
const parent = process.ppid;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

process.on('SIGWINCH', () => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  // Whole or not at all.
  writeFileSync(`${file}.new`, JSON.stringify({ pid: process.pid, bytes: heapUsed + external }));
  renameSync(`${file}.new`, file);
});
setInterval(() => {
  if (process.ppid !== parent) process.exit(1);
}, 2_000).unref();
