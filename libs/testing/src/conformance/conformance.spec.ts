import { describe, it } from 'vitest';
import { memory } from '../memory/memory.js';
import { VirtualClock } from '../time/virtual-clock.js';
import type { MemoryTransport } from '../memory/transport.js';
import { describeConformance } from './index.js';

describeConformance(
  { describe, it },
  {
    name: 'memory',
    create: async () => ({
      provider: memory(),
      clock: new VirtualClock(),
      crash: (transport) => (transport as MemoryTransport).crash(),
    }),
  },
);
