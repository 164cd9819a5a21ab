import { join } from 'node:path';
import { embedded } from '@tramline/embedded';
import { describeOperator } from './operator-cases.ts';

describeOperator('the embedded transport', (folder) =>
  Promise.resolve({
    provider: embedded({ directory: join(folder, '.tramline', 'log') }),
    flags: ['--transport', 'embedded'],
  }),
);
