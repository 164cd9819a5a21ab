import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const bench = (...args: string[]) =>
  promisify(execFile)(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args]);

describe('npm run bench', () => {
  it('prints nothing but JSON on stdout with --json', async () => {
    const { stdout, stderr } = await bench('embedded-publish', '--rounds', '1', '--json');
    const rows = JSON.parse(stdout) as { ratio: number; goal: number; met: boolean }[];
    expect(rows).toEqual([
      {
        name: 'embedded-publish',
        ratio: expect.any(Number) as number,
        goal: 10,
        met: expect.any(Boolean) as boolean,
        detail: expect.stringContaining('100 callers') as string,
      },
    ]);
    for (const { ratio, goal, met } of rows) expect(met).toBe(ratio >= goal);
    expect(stderr).toContain('round 1: ');
  });

  it('ends with 2 when it does not understand, and says what it would', async () => {
    await expect(bench('nothing')).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('choose from embedded-publish') as string,
    });
  });
});
