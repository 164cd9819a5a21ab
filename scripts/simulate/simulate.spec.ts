import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { simulate } from './simulate.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const PLANT = new URL('./planted/plant.ts', import.meta.url);

/** Runs the command, with a planted bug in all its threads if one is named. */
function run(args: readonly string[], bug?: string) {
  const planting = `import { plant } from '${PLANT.href}'; plant(${JSON.stringify(bug)});`;
  const before =
    bug === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(planting)}`];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...before, MAIN, ...args], {
    encoding: 'utf8',
  });
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

  it('shows a failing seed with the fewest steps and their trace, and exits with 1', () => {
    const { status, lines } = run(['--seeds', '5', '--workers', '1'], 'commit past the watermark');
    expect(status).toBe(1);
    expect(lines.at(-1)).toMatch(/^5 seeds, [1-9]\d* violations$/);
    const at = lines.findIndex((line) => line.startsWith('the shortest schedule found'));
    expect(Number(/(\d+) steps/.exec(lines[at]!)![1])).toBeLessThan(6);
    expect(lines.slice(at)).toContainEqual(expect.stringMatching(/BROKEN committed before it was done/));
  });

  it('says what is wrong with the command line and exits with 2', () => {
    const { status, stderr } = run(['--seeds', 'all']);
    expect(status).toBe(2);
    expect(stderr).toContain('--seeds is "all"');
  });
});
