#!/usr/bin/env node
import { existsSync } from 'node:fs';

// npm links only a bin that is there at install, and in a checkout `dist` comes later.
const built = new URL('../dist/main.js', import.meta.url);
if (existsSync(built)) {
  const { main, processEnv } = await import(built.href);
  // What is still open after an error must not hold the command up; everything was written by now.
  process.exit(await main(processEnv()));
} else {
  process.stderr.write('tramline is not built yet: run npm run build in the checkout it lies in.\n');
  process.exitCode = 1;
}
