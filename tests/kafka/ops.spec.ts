import { kafka } from '@tramline/kafka';
import { describeOps } from '../ops/ops-cases.ts';
import { describeWithKafka, sharedBrokers } from './support/broker.ts';

describeWithKafka('operations', () => {
  describeOps('Kafka', async () => ({ provider: kafka({ brokers: await sharedBrokers() }) }));
});
