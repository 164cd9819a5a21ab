export {
  conformanceCases,
  describeConformance,
  transportConformance,
  type BoundCase,
  type ConformanceCase,
  type TestApi,
} from './suite.js';
export type { CaseContext, JoinOptions } from './context.js';
export type { MemberHooks, RecordingMember } from './recording-member.js';
export type { ConformanceNeed, ConformanceSetup, ConformanceWorld } from './setup.js';
