export { TestBus, type TestingBuilder } from './test-bus.js';
export { TestBusError } from '../test-bus/test-bus-error.js';
export type { TestBusOptions } from '../test-bus/test-bus.js';
export type { DeadEvent, HandledEvent } from '../test-bus/journal.js';
export type { FailOptions } from '../test-bus/planned-failures.js';
