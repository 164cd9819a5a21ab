import { silentLog, systemClock, systemRandom } from '@tramline/core';
import { kafka } from '@tramline/kafka';
import { describeConformance } from '@tramline/testing/conformance';
import { it } from 'vitest';
import { describeWithKafka, sharedBrokers } from './support/broker.ts';
import { expire } from './support/expire.ts';
import { MortalProvider } from './support/mortal.ts';
import { UnreliableNetwork } from './support/unreliable-network.ts';

describeConformance(
  { describe: describeWithKafka, it },
  {
    name: 'kafka',
    sessionTimeoutMs: 3_000,
    create: async () => {
      const brokers = await sharedBrokers();
      const network = new UnreliableNetwork();
      const provider = new MortalProvider(
        kafka({ brokers, client: { socketFactory: network.socketFactory } }),
      );
      return {
        provider,
        crash: (transport) => provider.crash(transport),
        setAway: (away) => (away ? network.cut() : network.mend()),
        expire: async (topic) => {
          const operator = kafka({ brokers }).open({
            clock: systemClock,
            random: systemRandom,
            log: silentLog,
            clientId: 'operator',
          });
          await expire(operator, brokers, topic);
          await operator.close();
        },
        dispose: () => provider.bury(),
      };
    },
  },
);
