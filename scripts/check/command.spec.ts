import { describe, expect, it } from 'vitest';
import { commandChecker } from './command.ts';

const context = { root: process.cwd(), update: false };

describe('a checker that is a tool', () => {
  it('passes when the tool does', async () => {
    const checker = commandChecker('quiet', [['node', '-e', '0']]);
    expect(await checker.run(context)).toEqual([]);
  });

  it('reports what every failing tool printed, on both streams and without its colours', async () => {
    const checker = commandChecker('loud', [
      ['node', '-e', 'console.log("\\x1b[31m1\\x1b[0m"); console.error(2); process.exit(3)'],
      ['node', '-e', '0'],
      ['node', '-e', 'throw new Error(4)'],
    ]);
    const [first, second, ...more] = await checker.run(context);
    expect(more).toEqual([]);
    expect(first?.message).toMatch(/^node -e .* failed:\n1\n2$/s);
    expect(second?.message).toContain('Error: 4');
  });

  it('says so when there is no such tool', async () => {
    await expect(commandChecker('none', [['no-such-tool-here']]).run(context)).rejects.toThrow(
      'no-such-tool-here',
    );
  });
});
