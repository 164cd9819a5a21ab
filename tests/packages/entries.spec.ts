import { existsSync, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createProject, type Project } from './project.ts';
import { run } from './run.ts';

const libs = inject('libs');
const entries = libs.flatMap((lib) => lib.entries);
let project: Project;

beforeAll(async () => {
  project = await createProject('types', libs);
  const names = entries.map((entry, i) => ({ entry, name: `entry${i}` }));
  const uses = names.map(({ name }) => `export type Of${name} = keyof typeof ${name};`).join('\n');
  const imports = names.map(({ entry, name }) => `import * as ${name} from '${entry}';`).join('\n');
  const requires = names.map(({ entry, name }) => `import ${name} = require('${entry}');`).join('\n');
  writeFileSync(join(project.folder, 'entries.ts'), `${imports}\n${uses}\n`);
  writeFileSync(join(project.folder, 'entries.cts'), `${requires}\n${uses}\n`);
});
afterAll(() => project?.remove());

describe('the types of every entry point', () => {
  it.each(['nodenext', 'bundler'])('resolve under %s, and are sound in themselves', async (resolution) => {
    const printed = await project
      .runBin(['typescript', 'bin/tsc'], ['-p', `tsconfig.${resolution}.json`, '--listFiles'])
      .catch((error: Error) => error.message);
    const faults = printed.split('\n').filter((line) => line.includes('error TS'));
    // Its declarations name the drivers of every database that it knows, and nobody has all of them.
    expect(faults.filter((line) => !line.startsWith('node_modules/drizzle-orm/'))).toEqual([]);
    for (const { name } of libs) expect(printed).toContain(`node_modules/${name}/dist/index.d.ts`);
  });

  it('has no way in beside the entry points', async () => {
    writeFileSync(
      join(project.folder, 'deep.cts'),
      `import deep = require('@tramline/core/dist/index.js');\nexport { deep };`,
    );
    const compile = project.runBin(['typescript', 'bin/tsc'], ['-p', 'tsconfig.nodenext.json']);
    await expect(compile).rejects.toThrow('TS2307');
  });
});

/** The Node of this run and every other one on PATH: a user's may be older. */
function findNodes(): readonly string[] {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node'));
  return [
    ...new Set([
      process.execPath,
      ...onPath.filter((path) => existsSync(path)).map((path) => realpathSync(path)),
    ]),
  ];
}

describe.each(findNodes())('on %s', (node) => {
  it.each(entries)('%s can be required from CommonJS and imported', async (entry) => {
    const script = `const entry = require('${entry}'); import('${entry}').then((same) => console.log(entry.default ?? Object.keys(entry).join() === Object.keys(same).join()))`;
    const printed = await run(node, ['--input-type=commonjs', '-e', script], { cwd: project.folder });
    expect(printed.trim()).toBe('true');
  });
});
