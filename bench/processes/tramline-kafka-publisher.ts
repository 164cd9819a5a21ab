import { defineEvent, silentLog, Tramline, type Contract } from '@tramline/core';
import { kafka } from '@tramline/kafka';
import { monotonic } from '../run/monotonic.ts';
import { serve, settingsOf } from '../run/serve.ts';
import { keepPace } from '../work/keep-pace.ts';
import { ORDER_TOPIC, orderOf, type Order } from '../work/order.ts';
import type { Pace } from '../work/outbox-work.ts';
import { publishAll } from '../work/publish-all.ts';

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
  publish: ({ topic, warmUp, events, callers }: Publishing): Promise<number> =>
    withTramline(defineEvent<Order>(ORDER_TOPIC, { key: 'account', topic }), async (tramline, contract) => {
      await publishAll(tramline.events, { from: 0, to: warmUp }, callers, undefined, contract);
      const started = monotonic();
      await publishAll(tramline.events, { from: warmUp, to: warmUp + events }, callers, undefined, contract);
      return (events / (monotonic() - started)) * 1_000;
    }),
  /** Answers when each was published, on the monotonic clock. */
  pace: ({ topic, ...pace }: PacedPublishing): Promise<readonly number[]> =>
    withTramline(defineEvent<Order>(topic, { key: 'account' }), (tramline, contract) =>
      keepPace(pace, async (number) => {
        const askedAt = monotonic();
        await tramline.events.publish(contract, orderOf(number));
        return askedAt;
      }),
    ),
  stop: () => undefined,
});

async function withTramline<T>(
  contract: Contract<Order>,
  work: (tramline: Tramline, contract: Contract<Order>) => Promise<T>,
): Promise<T> {
  const tramline = new Tramline({
    service: 'bench',
    consume: false,
    transport: kafka({ brokers }),
    contracts: [contract],
    topics: { topology: 'off' },
    log: silentLog,
  });
  try {
    return await work(tramline, contract);
  } finally {
    await tramline.close();
  }
}
