import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { embedded } from '@tramline/embedded';
import { OnEvent, TramlineHealth, TramlineModule } from '@tramline/nest';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonic } from '../run/monotonic.ts';
import { serve, settingsOf } from '../run/serve.ts';
import { Arrivals } from '../work/arrivals.ts';
import { Order } from '../work/order.ts';

/** What came, once all of it had come. */
export interface Arrived {
  /** When the last one came, on the monotonic clock. */
  readonly at: number;
  /** Milliseconds from publish to handler, by the order's number. */
  readonly latencies: readonly number[];
}

const { directory, total } = settingsOf<{ directory: string; total: number }>();
const arrivals = new Arrivals(total);
const latencies = new Float64Array(total);

/** A Nest application with one handler that does nothing but tick off what came. */
class Counter {
  handle({ account, number, at }: Order): void {
    latencies[number] = monotonic() - at;
    arrivals.saw({ account, number });
  }
}
// As a decorator above the method would do; Node runs this file as it is, and knows no decorators.
OnEvent(Order)(Counter.prototype, 'handle', Object.getOwnPropertyDescriptor(Counter.prototype, 'handle')!);

class AppModule {}

const app = await NestFactory.createApplicationContext(
  {
    module: AppModule,
    imports: [TramlineModule.forRoot({ service: 'counter', transport: embedded({ directory }) })],
    providers: [Counter],
  },
  { logger: ['warn', 'error'] },
);

serve({
  async ready() {
    const health = app.get(TramlineHealth);
    while (!health.readiness().up) await sleep(10);
  },
  async arrived(count: number): Promise<Arrived> {
    const at = await arrivals.until(count);
    const isEnd = count === total || arrivals.count < count;
    return { at, latencies: isEnd ? [...latencies] : [] };
  },
  async stop() {
    await app.close();
    return arrivals.faults;
  },
});
