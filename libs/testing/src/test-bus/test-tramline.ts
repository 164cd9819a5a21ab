import { Tramline, type HandlerDefinition, type TramlineOptions } from '@tramline/core';
import type { TestTime } from './test-time.js';

/** A bus as it is in production, with its handlers watched, and with time that passes while it ends. */
export class TestTramline extends Tramline {
  constructor(
    options: TramlineOptions,
    private readonly watch: (definition: HandlerDefinition) => HandlerDefinition,
    private readonly time: TestTime,
  ) {
    super({ ...options, handlers: options.handlers?.map(watch) ?? [] });
  }

  override start(handlers: readonly HandlerDefinition[] = []): Promise<void> {
    return super.start(handlers.map(this.watch));
  }

  override stopConsuming(): Promise<void> {
    return this.time.during(super.stopConsuming());
  }

  override close(): Promise<void> {
    return this.time.during(super.close());
  }
}
