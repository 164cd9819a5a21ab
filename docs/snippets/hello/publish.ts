import { setTimeout as sleep } from 'node:timers/promises';
import { Tramline } from '@tramline/core';
import { kafka } from '@tramline/kafka';
import { Greeting } from './greeting.ts';

const brokers = process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092';
const bus = new Tramline({ service: 'hello-publish', consume: false, transport: kafka({ brokers }) });

for (;;) {
  const written = await bus.events.publish(Greeting, { from: 'TypeScript', text: 'Hello' });
  const { partition, offset, timestamp } = written;
  console.log(`partition ${partition}, offset ${offset}, ${new Date(timestamp).toISOString()}`);
  await sleep(3_000);
}
