import { describe, it } from 'vitest';
import { describeConformance } from '../conformance/index.js';
import { memory } from '../memory/memory.js';
import type { MemoryTransport } from '../memory/transport.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { HeldTopics } from './held-topics.js';

// What services under test are given keeps the same contract as a broker: it cannot drift from one.
describeConformance(
  { describe, it },
  {
    name: 'TestBus',
    create: async () => {
      const whole = memory();
      return {
        provider: new HeldTopics().provider(whole),
        clock: new VirtualClock(),
        crash: (transport) => (transport as MemoryTransport).crash(),
        setAway: (away) => whole.broker.setAway(away),
      };
    },
  },
);
