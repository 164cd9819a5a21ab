import {
  defineEvent,
  NonRetryableError,
  type StoredRecord,
  type Tramline,
  type Transport,
} from '@tramline/core';
import type { CliWorld } from './world.ts';

const Placed = defineEvent<{ id: string }>('order.placed', { key: 'id' });

/** Letters of one append; a batch of any transport. */
const STEP = 1_000;

/** The dead letters of group `shop`, as many as are asked for: copies of one that died, with ids of their own. @returns the service */
export async function deadLetters(world: CliWorld, count: number): Promise<Tramline> {
  const bus = world.service({
    topics: { partitions: 1 },
    handlers: [
      {
        id: 'charge',
        events: [Placed],
        run: () => {
          throw new NonRetryableError('the bank is closed');
        },
      },
    ],
  });
  const died = new Promise<void>((resolve) => {
    bus.observations.observe(({ kind }) => kind === 'dead' && resolve());
  });
  await bus.start();
  await bus.events.publish(Placed, { id: 'k' });
  await died;
  const { transport } = bus;
  const [first] = await recordsOf(transport, 'shop.dead');
  for (let done = 1; done < count; done += STEP) {
    const copies = Array.from({ length: Math.min(STEP, count - done) }, (_, n) => copyOf(first!, done + n));
    await transport.append({ topic: 'shop.dead', partition: 0 }, copies, { timeoutMs: 30_000 });
  }
  return bus;
}

function copyOf({ key, value, headers }: StoredRecord, n: number) {
  const id = Buffer.from(n.toString(16).padStart(32, '0'));
  return {
    key,
    value,
    headers: headers.map(([name, text]) => [name, name === 'tramline-letter-id' ? id : text] as const),
  };
}

/** The records of the only partition of a topic. */
export async function recordsOf(transport: Transport, topic: string): Promise<StoredRecord[]> {
  const found: StoredRecord[] = [];
  const [bounds] = await transport.topics.offsets(topic);
  const range = { topic, partition: 0, from: bounds!.earliest, to: bounds!.end };
  for await (const batch of transport.read(range)) found.push(...batch);
  return found;
}
