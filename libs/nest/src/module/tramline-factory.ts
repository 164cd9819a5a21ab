import { Injectable } from '@nestjs/common';
import { Tramline, type TramlineOptions } from '@tramline/core';

/**
 * Makes the application's bus of its complete options. `TestBus` of `@tramline/testing/nest` overrides this provider, to put
 * the bus on a log in memory and on virtual time while every option of the application holds.
 */
@Injectable()
export class TramlineFactory {
  /** @throws ConfigurationError with every fault of the options */
  create(options: TramlineOptions): Tramline {
    return new Tramline(options);
  }
}
