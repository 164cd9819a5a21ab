import { join } from 'node:path';
import { embedded } from '@tramline/embedded';
import { describeExamples } from './example-cases.ts';
import { describeOperator } from './operator-cases.ts';

const open = (folder: string) =>
  Promise.resolve({
    provider: embedded({ directory: join(folder, '.tramline', 'log') }),
    flags: ['--transport', 'embedded'],
  });

describeOperator('the embedded transport', open);
describeExamples('embedded', open);
