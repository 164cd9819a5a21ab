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
import { outboxKafkaLatency } from './outbox-kafka-latency.ts';
import { outboxLatencyPostgres, outboxLatencySqlite } from './outbox-latency.ts';
import { outboxRelayBeside, outboxRelayEmbedded, outboxRelayKafka } from './outbox-relay.ts';
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
  kafkaHandlerBest,
  kafkaIdle,
  kafkaTierDelay,
  outboxLatencySqlite,
  outboxLatencyPostgres,
  outboxRelayEmbedded,
  outboxRelayKafka,
  outboxRelayBeside,
  outboxKafkaLatency,
  outboxTransaction,
];
