#!/usr/bin/env node
import { existsSync } from 'node:fs';

// npm links only a bin that is there at install, and in a checkout `dist` comes later.
const index = new URL('../dist/index.js', import.meta.url);
if (existsSync(index)) {
  const { createTramline, processEnv } = await import(index.href);
  process.exitCode = await createTramline(processEnv());
} else {
  process.stderr.write('create-tramline is not built yet: run npm run build in the checkout it lies in.\n');
  process.exitCode = 1;
}
