import { kafka } from '@tramline/kafka';
import { describeConformance } from '@tramline/testing/conformance';
import { describe, it } from 'vitest';
import { MortalProvider } from './support/mortal.ts';

const brokers = process.env['KAFKA_BROKERS']!;
describeConformance(
  { describe, it },
  {
    name: 'kafka',
    sessionTimeoutMs: 3_000,
    create: async () => {
      const provider = new MortalProvider(kafka({ brokers }));
      return { provider, crash: (transport) => provider.crash(transport), dispose: () => provider.bury() };
    },
  },
);
