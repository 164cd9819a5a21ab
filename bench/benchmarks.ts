import type { Benchmark } from './benchmark.ts';
import { embeddedLatency } from './embedded-latency.ts';
import { embeddedPublish } from './embedded-publish.ts';
import { embeddedQueue } from './embedded-queue.ts';
import { embeddedRuntime } from './embedded-runtime.ts';
import {
  growthFanOut,
  growthHandlers,
  growthKeys,
  growthPartitions,
  growthPartitionsLive,
  growthSize,
  growthWaiting,
} from './growth.ts';
import { kafkaConsume, kafkaConsumePlain } from './kafka-consume.ts';
import { kafkaHandler } from './kafka-handler.ts';
import { kafkaIdle } from './kafka-idle.ts';
import { kafkaLatency } from './kafka-latency.ts';
import { kafkaNestConsume } from './kafka-nest-consume.ts';
import { kafkaPublish100, kafkaPublish1000, kafkaPublishBatches } from './kafka-publish.ts';
import { kafkaRetries } from './kafka-retries.ts';
import { kafkaSlowKey } from './kafka-slow-key.ts';
import { kafkaTierDelay } from './kafka-tier-delay.ts';
import { outboxKafkaLatency } from './outbox-kafka-latency.ts';
import { outboxLatencyPostgres, outboxLatencySqlite } from './outbox-latency.ts';
import { outboxRelayEmbedded, outboxRelayKafka } from './outbox-relay.ts';
import { outboxTransaction } from './outbox-transaction.ts';

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
  kafkaNestConsume,
  kafkaSlowKey,
  kafkaRetries,
  kafkaLatency,
  kafkaIdle,
  kafkaTierDelay,
  outboxLatencySqlite,
  outboxLatencyPostgres,
  outboxRelayEmbedded,
  outboxRelayKafka,
  outboxKafkaLatency,
  outboxTransaction,
  growthPartitions,
  growthPartitionsLive,
  growthKeys,
  growthHandlers,
  growthFanOut,
  growthSize,
  growthWaiting,
];
