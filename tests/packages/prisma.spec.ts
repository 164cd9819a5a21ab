import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { describeWithPostgres, freshDatabase } from '../postgres/support/database.ts';
import { createProject, type Project } from './project.ts';

/** What every library is held to, in @tramline/outbox. It is not published. */
const SUITES = join(import.meta.dirname, '..', '..', 'libs', 'outbox', 'src', 'spec');

// Prisma's command has 300 MB and an install script, and a client has to be generated for a schema: so a project has both.
// Its install script is not run.
describeWithPostgres('a project with Prisma', () => {
  let project: Project;
  beforeAll(async () => {
    const libs = inject('libs').filter(({ name }) => /core|outbox|testing/.test(name));
    project = await createProject('prisma-7', libs);
    for (const name of ['library-suite.ts', 'library-conformance.ts', 'postgres.ts'])
      cpSync(join(SUITES, name), join(project.folder, 'src', 'spec', name));
    // It looks for an engine that it does not need, and would download it.
    const env = { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' };
    await project.runBin(['prisma', 'build/index.js'], ['generate'], env);
  });
  afterAll(() => project?.remove());

  it('compiles, and publishes with its models in one transaction', async () => {
    await project.runBin(['typescript', 'bin/tsc'], ['-p', 'tsconfig.json']);
    const printed = await project.runNode([join(project.folder, 'dist', 'main.js')], {
      DATABASE_URL: await freshDatabase(),
    });
    expect(printed).toMatch(/P2002\nin the log: one, two\n/);
  });

  it('passes the tests of every library, and every rule of the store', async () => {
    const env = { CI: 'true', NO_COLOR: '1', POSTGRES_PORT: String(inject('postgresPort')) };
    const printed = await project.runBin(['vitest', 'vitest.mjs'], ['run'], env);
    expect(printed).toMatch(/Tests +\d\d passed/);
  });
});
