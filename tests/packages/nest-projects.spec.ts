import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createProject, type Project } from './project.ts';

const libs = inject('libs');

/** How the projects' own test runners are called; each needs what its generator writes, and what FACTS of ours adds. */
const jest = {
  runner: ['jest', 'bin/jest.js'] as const,
  args: ['--ci'],
  // Jest runs modules in a vm, which can load ES modules only behind this flag.
  env: { NODE_OPTIONS: '--experimental-vm-modules' },
};
const projects = [
  { fixture: 'nest-12-esm', runner: ['vitest', 'vitest.mjs'] as const, args: ['run'], env: {} },
  { fixture: 'nest-12-jest-esm', ...jest },
  { fixture: 'nest-11-commonjs', ...jest },
];

describe.each(projects)('$fixture', ({ fixture, runner, args, env }) => {
  let project: Project;
  beforeAll(async () => {
    project = await createProject(fixture, libs);
  });
  afterAll(() => project?.remove());

  it('compiles, publishes and handles what it published', async () => {
    await project.runBin(['typescript', 'bin/tsc'], ['-p', 'tsconfig.json']);
    const main = join(project.folder, 'dist', 'main.js');
    expect(existsSync(main)).toBe(true);
    expect(await project.runNode([main])).toContain('greeted ada@example.com');
  });

  it('passes its own tests, in which it does the same', async () => {
    const passes = project.runBin(runner, args, { CI: 'true', ...env });
    await expect(passes).resolves.toBeDefined();
  });
});
