import { describeConformance } from '@tramline/testing/conformance';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'vitest';
import { embedded } from './embedded.js';
import { MortalProvider } from './spec/mortal.js';
import { settingsFor } from './spec/store.js';
import { Chores } from './worker/chores.js';
import { OpenLog } from './worker/open-log.js';

describeConformance(
  { describe, it },
  {
    name: 'embedded',
    sessionTimeoutMs: 2_000,
    create: async () => {
      const directory = mkdtempSync(join(tmpdir(), 'tramline-conformance-'));
      const provider = new MortalProvider(embedded({ directory, busyTimeout: 500 }));
      let other: DatabaseSync | undefined;
      return {
        provider,
        crash: (transport) => provider.crash(transport),
        // As near as a local file comes to being away: another program holds its lock.
        setAway: (away) => {
          if (away)
            (other = new DatabaseSync(join(directory, 'tramline.db'), { timeout: 10_000 })).exec(
              'BEGIN IMMEDIATE',
            );
          else other?.close();
        },
        expire: () => doChores(directory),
        dispose: async () => {
          if (other?.isOpen) other.close();
          await provider.bury();
          rmSync(directory, { recursive: true });
        },
      };
    },
  },
);

/** What some process does every ten seconds. */
async function doChores(directory: string): Promise<void> {
  const log = new OpenLog(settingsFor(directory));
  const { write } = await log.store();
  await new Chores(log, async (work) => write.transaction(() => work(write))).run(Date.now());
  await log.close();
}
