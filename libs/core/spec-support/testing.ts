// In one place: the package depends on core, so core's own manifest cannot name it.
export { memory, MemoryBroker, SeededRandom, VirtualClock } from '@tramline/testing';
