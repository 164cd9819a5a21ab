import type { Benchmark } from './benchmark.ts';
import { embeddedLatency } from './embedded-latency.ts';
import { embeddedPublish } from './embedded-publish.ts';
import { embeddedQueue } from './embedded-queue.ts';
import { embeddedRuntime } from './embedded-runtime.ts';

/** In the order in which they run. */
export const benchmarks: readonly Benchmark[] = [
  embeddedPublish,
  embeddedRuntime,
  embeddedLatency,
  embeddedQueue,
];
