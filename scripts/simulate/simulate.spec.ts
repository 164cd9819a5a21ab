import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PLANTED_BUGS } from './planted/bugs.ts';
import { simulate } from './simulate.ts';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

function run(args: readonly string[], nodeOptions: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...nodeOptions, path('./main.ts'), ...args],
    {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    },
  );
  return { status, lines: stdout.trimEnd().split('\n'), stderr };
}

describe('the simulation', () => {
  it('breaks no rule in the first seeds', { timeout: 300_000 }, async () => {
    for (let seed = 1; seed <= 200; seed++) {
      const { violations } = await simulate(seed);
      expect({ seed, violations }).toEqual({ seed, violations: [] });
    }
  });

  it('replays a seed exactly, here and in another process', async () => {
    const [first, second, other] = [await simulate(11), await simulate(11), await simulate(12)];
    expect(first.trace.length).toBeGreaterThan(50);
    expect(second.trace).toEqual(first.trace);
    expect(other.hash).not.toBe(first.hash);
    const elsewhere = run(['--seed', '11']);
    expect(elsewhere.lines).toContain(`trace ${first.hash}`);
  });

  it('ends with one line and exit code 0', () => {
    const { status, lines } = run(['--seeds', '30', '--from', '100', '--workers', '2']);
    expect([status, lines.at(-1)]).toEqual([0, '30 seeds, 0 violations']);
  });

  it(
    'shows a failing seed with the fewest steps and their trace, and exits with 1',
    { timeout: 120_000 },
    () => {
      const bug = PLANTED_BUGS.find(({ name }) => name === 'commit past the watermark')!;
      const { status, lines } = run(
        ['--seeds', '5', '--workers', '1'],
        ['--import', path('./planted/preload.ts')],
        { PLANTED_BUG: bug.name },
      );
      expect(status).toBe(1);
      expect(lines.at(-1)).toMatch(/^5 seeds, [1-9]\d* violations$/);
      const at = lines.findIndex((line) => line.startsWith('the shortest schedule found'));
      expect(Number(/(\d+) steps/.exec(lines[at]!)![1])).toBeLessThan(6);
      expect(lines.slice(at)).toContainEqual(expect.stringMatching(/BROKEN committed before it was done/));
    },
  );

  it('says what is wrong with the command line and exits with 2', () => {
    const { status, stderr } = run(['--seeds', 'all']);
    expect(status).toBe(2);
    expect(stderr).toContain('--seeds is "all"');
  });
});
