import { mergeConfig } from 'vitest/config';
import base from '../../../vitest.config.ts';

/** Minutes of broken brokers, one after the other; `npm run test:kafka`. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [] } },
  { test: { include: ['tests/kafka/own-brokers/*.spec.ts'], fileParallelism: false } },
);
