import { describe, expect, it } from 'vitest';
import { findBoundaryFaults, type PublicEntries } from './boundaries.ts';

const entries: PublicEntries = new Map([
  ['@tramline/core', ['.', './ops']],
  ['@tramline/nest', ['.']],
  ['@tramline/embedded', ['.']],
  ['@tramline/testing', ['.', './nest', './conformance']],
]);
const faultsOf = (path: string, text: string) =>
  findBoundaryFaults({ path, text }, entries).map((fault) => fault.message);

describe('import boundaries', () => {
  it.each([
    ['libs/core/src/a.ts', `import { Y } from '@tramline/nest';`, 'libs/core may not import'],
    ['libs/core/src/a.ts', `export { Y } from '@tramline/nest';`, 'libs/core may not import'],
    ['libs/core/src/a.ts', `type Y = import('@tramline/nest').Y;`, 'libs/core may not import'],
    ['libs/core/src/a.ts', `const y = await import('@tramline/nest');`, 'libs/core may not import'],
    ['libs/core/src/a.ts', `const y = require('@tramline/nest');`, 'libs/core may not import'],
    ['libs/testing/src/memory/a.ts', `import { Y } from '@tramline/nest';`, 'libs/testing may not import'],
    ['libs/cli/src/a.ts', `import { Y } from '@tramline/core';`, 'libs/cli may not import'],
    ['libs/cli/src/a.ts', `import { Y } from '@tramline/embedded';`, 'libs/cli may not import'],
    ['libs/nest/src/a.ts', `import { Y } from '@tramline/testing';`, 'libs/nest may not import'],
    [
      'libs/nest/src/a.ts',
      `import { Y } from '@tramline/core/dist/y.js';`,
      'is not exported by @tramline/core',
    ],
    ['libs/nest/src/a.ts', `import { Y } from '../../core/src/y.js';`, 'leaves libs/nest for libs/core'],
    [
      'libs/nest/src/a.ts',
      `import { Y } from '../../../apps/sms/src/y.js';`,
      'leaves libs/nest for apps/sms',
    ],
    ['apps/sms/src/a.ts', `import { Y } from '../../email/src/y.js';`, 'leaves apps/sms for apps/email'],
    ['apps/sms/src/a.ts', `import { Y } from '@sample/email';`, 'is an app'],
    ['tests/e2e/a.spec.ts', `import { Y } from '../../libs/core/src/y.js';`, 'leaves tests for libs/core'],
    ['libs/embedded/src/a.ts', `import { Kafka } from 'kafkajs';`, 'only by libs/kafka'],
    ['libs/core/src/a.spec.ts', `import { Kafka } from 'kafkajs';`, 'only by libs/kafka'],
    ['libs/core/src/a.ts', `import { Module } from '@nestjs/common';`, 'only by libs/nest'],
  ])('%s: %s is refused', (path, text, reason) => {
    expect(faultsOf(path, text)).toEqual([expect.stringContaining(reason)]);
  });

  it.each([
    [
      'libs/core/src/a.ts',
      `import { Y } from './publish/y.js'; import { context } from '@opentelemetry/api';`,
    ],
    ['libs/core/src/a.ts', `// import { Y } from '@tramline/nest';\nconst s = "import '@tramline/nest'";`],
    ['libs/nest/src/a.ts', `import { Y } from '@tramline/core'; import { Z } from '@tramline/core/ops';`],
    ['libs/testing/src/nest/a.ts', `import { Y } from '@tramline/nest';`],
    ['libs/cli/src/a.ts', `import { Y } from '@tramline/core/ops';`],
    ['libs/core/src/a.spec.ts', `import { Y } from '@tramline/testing'; import { Z } from '@tramline/core';`],
    [
      'libs/core/spec-support/rig.ts',
      `import { Y } from '@tramline/testing'; import { z } from '../src/z.js';`,
    ],
    ['tests/repository/a.spec.ts', `import { y } from '../../scripts/check/y.ts';`],
    ['libs/kafka/src/a.ts', `import { Kafka } from 'kafkajs';`],
    ['bench/processes/a.ts', `import { Kafka } from 'kafkajs';`],
    ['apps/sms/src/a.ts', `import { Y } from '@tramline/embedded'; import { Module } from '@nestjs/common';`],
  ])('%s: %s is allowed', (path, text) => {
    expect(faultsOf(path, text)).toEqual([]);
  });

  it('names the line of the import', () => {
    const text = `\nimport { X } from './x.js';\nimport { Y } from '@tramline/nest';\n`;
    expect(findBoundaryFaults({ path: 'libs/core/src/a.ts', text }, entries)).toMatchObject([{ line: 3 }]);
  });
});
