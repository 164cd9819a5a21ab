import { TramlineError } from '@tramline/core';

/** A test asked its bus for what cannot be; the message says what to write instead. */
export class TestBusError extends TramlineError {
  readonly code = 'TRAMLINE_TEST_BUS';
}
