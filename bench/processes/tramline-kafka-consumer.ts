import { defineEvent, silentLog, Tramline, type Codec, type HandlerDefinition } from '@tramline/core';
import { kafka } from '@tramline/kafka';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve, settingsOf } from '../run/serve.ts';
import { oneMillisecond, until, type Consumed, type Consuming } from '../work/consuming.ts';
import { cpuMillisecondsIn } from '../work/cpu.ts';
import { orderIn, type Order } from '../work/order.ts';

const { brokers } = settingsOf<{ brokers: string }>();

/** Gives handlers the bytes as they came. */
const bytes: Codec = {
  contentType: 'application/json',
  encode: () => new Uint8Array(0),
  decode: (value) => value,
};

let idle: Tramline | undefined;

serve({
  /** The whole topic, from the beginning, by a handler that does nothing with bytes. */
  consumeBytes: (work: Consuming): Promise<Consumed> =>
    until(work, async (arrivals) => {
      const run = (value: Uint8Array) => arrivals.saw(orderIn(value));
      const tramline = serviceOf(work, run, bytes);
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
  /** Joins, with everything that a service has beside its handler, and has nothing to do. */
  async idle(work: Consuming): Promise<void> {
    idle = serviceOf(work, () => undefined);
    await idle.start();
    while (!idle.health().ready) await sleep(10);
  },
  cpu: cpuMillisecondsIn,
  stop: () => idle?.close(),
});

function serviceOf({ topic, group }: Consuming, run: HandlerDefinition['run'], codec?: Codec): Tramline {
  const contract = defineEvent(topic, { key: 'account' });
  return new Tramline({
    service: group,
    transport: kafka({ brokers }),
    handlers: [{ id: 'count', events: [contract], concurrency: 100, run }],
    log: silentLog,
    ...(codec && { codec }),
  });
}
