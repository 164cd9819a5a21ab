import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import { type Plan } from '../generate/plan/plan.js';
import { manifestAt } from '../generate/project/packages.js';

const VM_MODULES = 'node --experimental-vm-modules node_modules/jest/bin/jest.js';

/**
 * Jest runs modules in a vm, which loads ES modules only behind a flag of Node: the scripts that begin with `jest` get it, in a
 * way that every shell understands. The one edit of a generator that changes what is written.
 */
export function letJestLoadModules(plan: Plan): void {
  const { scripts = {}, devDependencies = {} } = manifestAt(plan, 'package.json');
  if (!('jest' in devDependencies)) return;
  for (const [name, script] of Object.entries(scripts)) {
    if (!/^jest(\s|$)/.test(script)) continue;
    plan.edit('package.json', ({ text }) => {
      const { offset } = findNodeAtLocation(parseTree(text)!, ['scripts', name])!;
      return `${text.slice(0, offset + 1)}${VM_MODULES}${text.slice(offset + 1 + 'jest'.length)}`;
    });
  }
}
