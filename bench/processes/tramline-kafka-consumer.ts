import {
  defineEvent,
  silentLog,
  Tramline,
  type Codec,
  type HandlerDefinition,
  type TramlineOptions,
} from '@tramline/core';
import { kafka } from '@tramline/kafka';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve, settingsOf } from '../run/serve.ts';
import { oneMillisecond, until, type Consumed, type Consuming, type Idling } from '../work/consuming.ts';
import { cpuMillisecondsIn } from '../work/cpu.ts';
import { DELAY_MS, Failures } from '../work/failures.ts';
import { orderIn, type Order } from '../work/order.ts';

const { brokers } = settingsOf<{ brokers: string }>();

/** Gives handlers the bytes as they came. */
const bytes: Codec = {
  contentType: 'application/json',
  encode: () => new Uint8Array(0),
  decode: (value) => value,
};

/** As who writes a retry topic by hand: no attempt in place, and two delays outside. */
const WAIT_OUTSIDE = { inPlace: 1, delays: [DELAY_MS, DELAY_MS] };

let idle: Tramline | undefined;

serve({
  /** The whole topic, from the beginning, by a handler that does nothing with bytes. */
  consumeBytes: (work: Consuming): Promise<Consumed> =>
    until(work, async (arrivals) => {
      const run = (value: Uint8Array) => arrivals.saw(orderIn(value));
      const tramline = serviceOf(work, run, { codec: bytes });
      await tramline.start();
      return () => tramline.close();
    }),
  /** The whole topic, from the beginning, by a handler that takes a millisecond, a hundred at once. */
  handle: (work: Consuming): Promise<Consumed> =>
    until(work, async (arrivals) => {
      const run = async (order: Order) => {
        await oneMillisecond();
        arrivals.saw(order);
      };
      const tramline = serviceOf(work, run);
      await tramline.start();
      return () => tramline.close();
    }),
  /** The whole topic, from the beginning, by a handler that fails as `Failures` says; who fails waits in a retry tier. */
  fail: async (work: Consuming): Promise<Consumed> => {
    const failures = new Failures();
    const consumed = await until({ ...work, inOrder: false }, async (arrivals) => {
      const run = (order: Order) => {
        failures.attempt(order.number);
        arrivals.saw(order);
      };
      const tramline = serviceOf(work, run, { consumer: { retryTiers: [DELAY_MS] }, retry: WAIT_OUTSIDE });
      await tramline.start();
      return () => tramline.close();
    });
    return failures.in(consumed, work.total);
  },
  /** Joins, with everything that a service has beside its handlers, and has nothing to do. */
  async idle({ topic, groups }: Idling): Promise<void> {
    const events = [defineEvent(topic, { key: 'account' })];
    const handlers = groups.map((group) => ({ id: group, group, events, run: () => undefined }));
    idle = new Tramline({ service: groups[0]!, transport: kafka({ brokers }), handlers, log: silentLog });
    await idle.start();
    while (!idle.health().ready) await sleep(10);
  },
  cpu: cpuMillisecondsIn,
  stop: () => idle?.close(),
});

function serviceOf(
  { topic, group }: Consuming,
  run: HandlerDefinition['run'],
  more: Pick<TramlineOptions, 'codec' | 'consumer' | 'retry'> = {},
): Tramline {
  const contract = defineEvent(topic, { key: 'account' });
  return new Tramline({
    service: group,
    transport: kafka({ brokers }),
    handlers: [{ id: 'count', events: [contract], concurrency: 100, run }],
    log: silentLog,
    ...more,
  });
}
