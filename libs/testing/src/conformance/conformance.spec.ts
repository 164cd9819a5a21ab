import { describe, it } from 'vitest';
import { memory } from '../memory/memory.js';
import { VirtualClock } from '../time/virtual-clock.js';
import type { MemoryTransport } from '../memory/transport.js';
import { describeConformance } from './index.js';

describeConformance(
  { describe, it },
  {
    name: 'memory',
    create: async () => {
      const provider = memory();
      return {
        provider,
        clock: new VirtualClock(),
        crash: (transport) => (transport as MemoryTransport).crash(),
        setAway: (away) => provider.broker.setAway(away),
      };
    },
  },
);
