import type { Benchmark } from './benchmark.ts';
import { embeddedLatency } from './embedded-latency.ts';
import { embeddedPublish } from './embedded-publish.ts';
import { embeddedQueue } from './embedded-queue.ts';
import { embeddedRuntime } from './embedded-runtime.ts';
import { kafkaConsume, kafkaConsumePlain } from './kafka-consume.ts';
import { kafkaHandler, kafkaHandlerBest } from './kafka-handler.ts';
import { kafkaIdle } from './kafka-idle.ts';
import { kafkaPublish100, kafkaPublish1000, kafkaPublishBatches } from './kafka-publish.ts';
import { kafkaTierDelay } from './kafka-tier-delay.ts';

/** In the order in which they run. */
export const benchmarks: readonly Benchmark[] = [
  embeddedPublish,
  embeddedRuntime,
  embeddedLatency,
  embeddedQueue,
  kafkaPublish1000,
  kafkaPublish100,
  kafkaPublishBatches,
  kafkaConsume,
  kafkaConsumePlain,
  kafkaHandler,
  kafkaHandlerBest,
  kafkaIdle,
  kafkaTierDelay,
];
