import kafkajs, { type Kafka } from 'kafkajs';

/** What the benchmarks run beside: kafkajs with its defaults, and quiet. */
export function kafkajsClient(brokers: string): Kafka {
  return new kafkajs.Kafka({
    clientId: 'bench',
    brokers: brokers.split(','),
    logLevel: kafkajs.logLevel.NOTHING,
  });
}
