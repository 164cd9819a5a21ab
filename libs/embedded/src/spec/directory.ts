import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty directory for one test, gone when it ends. */
export function testDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'tramline-embedded-'));
  // Some tests use it as another user.
  chmodSync(directory, 0o755);
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
