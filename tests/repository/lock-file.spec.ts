import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findDependencyFaults, type LockedPackages } from '../../scripts/check/dependencies.ts';

interface Lock {
  readonly packages: LockedPackages;
}

it('the lock file installs everywhere: no host, no install script, every platform', () => {
  const lock = JSON.parse(readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8')) as Lock;
  expect(findDependencyFaults(lock.packages)).toEqual([]);
});
