import { kafka } from '@tramline/kafka';
import { describeOperator } from '../cli/operator-cases.ts';
import { describeWithKafka, sharedBrokers } from './support/broker.ts';

describeWithKafka('commands', () => {
  describeOperator('Kafka', async () => {
    const brokers = await sharedBrokers();
    return { provider: kafka({ brokers }), flags: ['--brokers', brokers, '--transport', 'kafka'] };
  });
});
