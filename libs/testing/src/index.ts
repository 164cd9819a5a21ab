export { VirtualClock, VirtualTimeError } from './time/virtual-clock.js';
export { SeededRandom } from './time/seeded-random.js';
export { memory, type MemoryOptions, type MemoryProvider } from './memory/memory.js';
export { MemoryBroker, type MemoryBrokerOptions } from './memory/broker.js';
export type { MemoryTransport } from './memory/transport.js';
export type { Call, Fault, FaultOptions, Operation } from './memory/faults.js';
