import kafkajs, { type Kafka } from 'kafkajs';

/** What the benchmarks run beside: kafkajs with its defaults, and quiet. */
export function kafkajsClient(brokers: string): Kafka {
  return new kafkajs.Kafka({
    clientId: 'bench',
    brokers: brokers.split(','),
    logLevel: kafkajs.logLevel.NOTHING,
  });
}

/**
 * A consumer that is left waits for its last fetch to be answered, five seconds by default. It changes nothing while there is
 * something to read.
 */
export const SOON_OVER = { maxWaitTimeInMs: 500 } as const;
