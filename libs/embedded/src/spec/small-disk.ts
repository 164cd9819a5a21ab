import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { testDirectory } from './directory.js';

/** A small file system of its own, unmounted when the test ends. */
export class SmallDisk {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Undefined where nobody may mount: only root may. In CI that is an error, so that the tests are not skipped unseen. */
  static mount(megabytes: number): SmallDisk | undefined {
    const directory = testDirectory();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory], {
        stdio: 'pipe',
      });
    } catch (error) {
      if (process.env['CI'] === 'true') throw error;
      return undefined;
    }
    // Lazily: a worker thread that is just ending may still hold a file.
    onTestFinished(() => void execFileSync('umount', ['--lazy', directory]));
    return new SmallDisk(directory);
  }

  fill(megabytes: number): void {
    writeFileSync(join(this.directory, 'filler'), Buffer.alloc(megabytes * 1024 * 1024, 1));
  }

  free(): void {
    rmSync(join(this.directory, 'filler'));
  }

  makeReadOnly(): void {
    execFileSync('mount', ['-o', 'remount,ro', this.directory]);
  }
}
