import { kafka } from '@tramline/kafka';
import { describeExamples } from '../cli/example-cases.ts';
import { describeOperator } from '../cli/operator-cases.ts';
import { describeWithKafka, sharedBrokers } from './support/broker.ts';

describeWithKafka('commands', () => {
  const open = async () => {
    const brokers = await sharedBrokers();
    return { provider: kafka({ brokers }), flags: ['--brokers', brokers, '--transport', 'kafka'] };
  };
  describeOperator('Kafka', open);
  describeExamples('kafka', open);
});
