import { defineEvent } from '@tramline/core';
import { monotonic } from '../run/monotonic.ts';
import { serve, settingsOf } from '../run/serve.ts';
import { keepPace } from '../work/keep-pace.ts';
import { ORDER_TOPIC, orderOf, type Order } from '../work/order.ts';
import type { Pace } from '../work/outbox-work.ts';
import { publishAll } from '../work/publish-all.ts';
import { withPublisher } from '../work/with-publisher.ts';

/** Orders 0 to `warmUp + events - 1` into one topic; those of the warm-up are not counted. */
export interface Publishing {
  readonly topic: string;
  readonly warmUp: number;
  readonly events: number;
  /** Callers that each await what they sent. */
  readonly callers: number;
  /** Records that one call sends. Ours sends one. */
  readonly batch: number;
}

/** Orders one by one as they are due, into a topic whose name is their type. */
export interface PacedPublishing extends Pace {
  readonly topic: string;
}

const { brokers } = settingsOf<{ brokers: string }>();

serve({
  /** Answers how many events a second. */
  publish({ topic, warmUp, events, callers }: Publishing): Promise<number> {
    const contract = defineEvent<Order>(ORDER_TOPIC, { key: 'account', topic });
    return withPublisher(brokers, contract, async (bus) => {
      await publishAll(bus, { from: 0, to: warmUp }, callers, undefined, contract);
      const started = monotonic();
      await publishAll(bus, { from: warmUp, to: warmUp + events }, callers, undefined, contract);
      return (events / (monotonic() - started)) * 1_000;
    });
  },
  /** Answers when each was published, on the monotonic clock. */
  pace({ topic, ...pace }: PacedPublishing): Promise<readonly number[]> {
    const contract = defineEvent<Order>(topic, { key: 'account' });
    return withPublisher(brokers, contract, (bus) =>
      keepPace(pace, async (number) => {
        const askedAt = monotonic();
        await bus.publish(contract, orderOf(number));
        return askedAt;
      }),
    );
  },
  stop: () => undefined,
});
