import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const APP = fileURLToPath(new URL('../../spec-support/signal-app.mjs', import.meta.url));

describe('a signal with enableShutdownHooks', () => {
  it('lets the running handler end, others publish, and closes the pool after both', async () => {
    const child = spawn(process.execPath, [APP], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const exited = new Promise<string | null>((resolve) =>
      child.once('exit', (_code, signal) => resolve(signal)),
    );
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (line === 'handling') child.kill('SIGTERM');
    }
    expect(await exited).toBe('SIGTERM');
    expect(lines.toSorted()).toEqual(['handled', 'handling', 'pool closed', 'published']);
    expect(lines.indexOf('handled')).toBeLessThan(lines.indexOf('pool closed'));
    expect(lines.indexOf('handled')).toBeLessThan(lines.indexOf('published'));
  });
});
