export { describeConformance, transportConformance, type BoundCase, type TestApi } from './suite.js';
export type { ConformanceNeed, ConformanceSetup, ConformanceWorld } from './setup.js';
