import { defineEvent, silentLog, Tramline } from '@tramline/core';
import { kafka } from '@tramline/kafka';
import { monotonic } from '../run/monotonic.ts';
import { serve, settingsOf } from '../run/serve.ts';
import { ORDER_TOPIC, type Order } from '../work/order.ts';
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

const { brokers } = settingsOf<{ brokers: string }>();

serve({
  /** Answers how many events a second. */
  async publish({ topic, warmUp, events, callers }: Publishing): Promise<number> {
    const contract = defineEvent<Order>(ORDER_TOPIC, { key: 'account', topic });
    const tramline = new Tramline({
      service: 'bench',
      consume: false,
      transport: kafka({ brokers }),
      contracts: [contract],
      topics: { topology: 'off' },
      log: silentLog,
    });
    try {
      await publishAll(tramline.events, { from: 0, to: warmUp }, callers, undefined, contract);
      const started = monotonic();
      await publishAll(tramline.events, { from: warmUp, to: warmUp + events }, callers, undefined, contract);
      return (events / (monotonic() - started)) * 1_000;
    } finally {
      await tramline.close();
    }
  },
  stop: () => undefined,
});
