import { memory } from '@tramline/testing';
import { describeOps } from './ops-cases.ts';

describeOps('the memory transport', () => Promise.resolve({ provider: memory() }));
