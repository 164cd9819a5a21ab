import { serve, settingsOf } from '../run/serve.ts';
import { until, type Consumed, type Consuming } from '../work/consuming.ts';
import { Failures } from '../work/failures.ts';
import type { Order } from '../work/order.ts';
import { RetryTopic } from '../work/retry-topic.ts';

/** What is consumed, and where who failed waits. */
export interface Retrying extends Consuming {
  readonly retryTopic: string;
}

const { brokers } = settingsOf<{ brokers: string }>();

serve({
  /** As the consumer of Tramline. */
  async fail(work: Retrying): Promise<Consumed> {
    const failures = new Failures();
    const consumed = await until({ ...work, inOrder: false }, async (arrivals) => {
      const retries = new RetryTopic({ brokers, ...work }, ({ value }) => {
        const order = JSON.parse(value!.toString()) as Order;
        failures.attempt(order.number);
        arrivals.saw(order);
      });
      await retries.start();
      return () => retries.stop();
    });
    return failures.in(consumed, work.total);
  },
  stop: () => undefined,
});
