import { addMember } from '../generate/edit/json.js';
import { type Plan } from '../generate/plan/plan.js';
import { TRAMLINE_VERSION } from '../generate/project/packages.js';
import { type Tarball, VENDOR } from './tarballs.js';

/** The packages that the root of a workspace needs for its tests and for `npx tramline`. */
const OF_THE_ROOT = ['@tramline/cli', '@tramline/nest', '@tramline/testing'];

/** Makes the root of a workspace need what it uses, from the registry. */
export function dependOnRegistry(plan: Plan): void {
  for (const name of OF_THE_ROOT)
    plan.edit('package.json', (file) =>
      addMember(file, ['devDependencies'], name, TRAMLINE_VERSION, { sorted: true }),
    );
}

/**
 * Makes a workspace take Tramline from its own `vendor` folder, whatever package asks for it: for npm, what the root depends on
 * satisfies the same version everywhere; pnpm has to be told.
 */
export function dependOnTarballs(plan: Plan, tarballs: readonly Tarball[]): void {
  // Backwards: an entry goes before the one that follows it.
  for (const { name, file } of tarballs.toSorted((a, b) => (a.name < b.name ? 1 : -1))) {
    const specifier = `file:${VENDOR}/${file}`;
    plan.edit('package.json', (manifest) =>
      addMember(manifest, ['dependencies'], name, specifier, { sorted: true }),
    );
  }
  if (plan.read('pnpm-workspace.yaml') === undefined) return;
  plan.edit('pnpm-workspace.yaml', (file) => {
    const lines = tarballs.map((tarball) => `  '${tarball.name}': file:${VENDOR}/${tarball.file}\n`).join('');
    return `${file.text}overrides:\n${lines}`;
  });
}
