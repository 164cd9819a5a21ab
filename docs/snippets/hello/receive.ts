import { type EventContext, Tramline } from '@tramline/core';
import { kafka } from '@tramline/kafka';
import { Greeting } from './greeting.ts';

const brokers = process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092';
const bus = new Tramline({
  service: 'hello-receive',
  transport: kafka({ brokers }),
  handlers: [
    {
      id: 'print',
      events: [Greeting],
      run({ from, text }: { from: string; text: string }, { origin }: EventContext) {
        console.log(`${text} from ${from} (partition ${origin.partition}, offset ${origin.offset})`);
      },
    },
  ],
});
await bus.start();
process.once('SIGINT', () => void bus.close());
