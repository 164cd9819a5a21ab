import { TramlineFactory } from '@tramline/nest';
import { TestBus as CoreTestBus, type TestBusOptions } from '../test-bus/test-bus.js';
import { TestBusError } from '../test-bus/test-bus-error.js';

/** What of Nest's `TestingModuleBuilder` is used, so that it may be of any version. */
export interface TestingBuilder {
  overrideProvider(token: unknown): { useValue(value: unknown): unknown };
}

const attached = new WeakSet<object>();

/** The bus of a Nest application under test. */
export class TestBus extends CoreTestBus {
  /**
   * Puts the bus of the application on a log in memory and on virtual time: nothing is connected, and every other option of
   * its `TramlineModule` holds. Call it before `compile()`, beside any other override. The bus may be used after `init()`,
   * and ends with the application's `close()`; {@link close} after that fails when an attempt is left that does not end.
   * @throws TestBusError when the builder has one already
   */
  static attach(builder: TestingBuilder, options?: TestBusOptions): TestBus {
    if (attached.has(builder)) {
      throw new TestBusError(
        'This testing module has a TestBus already. Use the one that the first attach() gave.',
      );
    }
    attached.add(builder);
    const bus = new TestBus(options);
    const factory: TramlineFactory = { create: (options) => bus.create(options) };
    builder.overrideProvider(TramlineFactory).useValue(factory);
    return bus;
  }
}
