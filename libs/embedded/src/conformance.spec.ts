import { describeConformance } from '@tramline/testing/conformance';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { embedded } from './embedded.js';
import { MortalProvider } from './spec/mortal.js';

describeConformance(
  { describe, it },
  {
    name: 'embedded',
    sessionTimeoutMs: 2_000,
    create: async () => {
      const directory = mkdtempSync(join(tmpdir(), 'tramline-conformance-'));
      const provider = new MortalProvider(embedded({ directory }));
      return {
        provider,
        crash: (transport) => provider.crash(transport),
        dispose: async () => {
          await provider.bury();
          rmSync(directory, { recursive: true });
        },
      };
    },
  },
);
