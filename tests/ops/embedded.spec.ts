import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embedded } from '@tramline/embedded';
import { describeOps } from './ops-cases.ts';

describeOps('the embedded transport', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tramline-ops-'));
  return {
    provider: embedded({ directory }),
    dispose: () => rm(directory, { recursive: true, force: true }),
  };
});
