import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Child } from './child.ts';

/** Directories and processes of one benchmark. */
export class Workspace {
  private readonly directories: string[] = [];
  private readonly children: Child[] = [];
  private readonly parent: string;

  /** @param parent - where directories are made */
  constructor(parent: string) {
    this.parent = parent;
  }

  /** A new, empty directory. */
  directory(): string {
    mkdirSync(this.parent, { recursive: true });
    const directory = mkdtempSync(join(this.parent, 'bench-'));
    this.directories.push(directory);
    return directory;
  }

  /** Starts a program of `processes/` in a process of its own. */
  start(program: string, settings: object): Child {
    const child = new Child(join(import.meta.dirname, '..', 'processes', program), settings);
    this.children.push(child);
    return child;
  }

  /** As {@link clean}, at once, for who is about to exit. */
  abandon(): void {
    for (const child of this.children.splice(0)) void child.kill();
    for (const directory of this.directories.splice(0)) {
      // The processes may still be about to end.
      rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
    }
  }

  /** Ends the processes, then removes the directories. */
  async clean(): Promise<void> {
    await Promise.all(this.children.splice(0).map((child) => child.kill()));
    await Promise.all(
      this.directories.splice(0).map((directory) => rm(directory, { recursive: true, force: true })),
    );
  }
}
