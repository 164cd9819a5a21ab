import { silentLog, Tramline, type Contract, type EventBus } from '@tramline/core';
import { kafka } from '@tramline/kafka';
import type { Order } from './order.ts';

/** Runs `work` with a bus that publishes this contract on Kafka, consumes nothing and makes no topics; closes it. */
export async function withPublisher<T>(
  brokers: string,
  contract: Contract<Order>,
  work: (events: EventBus) => Promise<T>,
): Promise<T> {
  const tramline = new Tramline({
    service: 'bench',
    consume: false,
    transport: kafka({ brokers }),
    contracts: [contract],
    topics: { topology: 'off' },
    log: silentLog,
  });
  try {
    return await work(tramline.events);
  } finally {
    await tramline.close();
  }
}
