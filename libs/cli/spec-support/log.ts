import { openOps, type Ops } from '@tramline/core/ops';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseTransport } from '../src/config/choose-transport.js';
import { settingsOf } from '../src/config/settings.js';

/** A folder of its own with an embedded log where commands look for one, and operations on it. */
export interface LogFolder {
  readonly folder: string;
  readonly ops: Ops;
  close(): Promise<void>;
}

/** @param topics - of events, made at once */
export async function logFolder(topics: readonly string[] = []): Promise<LogFolder> {
  const folder = mkdtempSync(join(tmpdir(), 'tramline-cli-'));
  // As the commands choose it: the libs know no transport by name.
  const transport = await chooseTransport({
    settings: settingsOf({ transport: 'embedded' }, {}),
    cwd: folder,
    configured: undefined,
    mayCreate: true,
  });
  const ops = openOps({ transport });
  await ops.topics.create(topics.map((name) => ({ name })));
  return {
    folder,
    ops,
    async close() {
      await ops.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
