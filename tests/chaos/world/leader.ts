import { ask, int32, string } from '../../../scripts/kafka/wire.ts';

/** Kafka's protocol, as much of it as tells who leads. */
const METADATA = 3;

/** @returns the id of the broker that leads a partition of a topic, by what the broker at `port` knows; undefined: nobody */
export async function leaderOf(port: number, topic: string, partition: number): Promise<number | undefined> {
  const answer = await ask(port, METADATA, 1, Buffer.concat([int32(1), string(topic)]));
  let at = 0;
  const number16 = () => answer.readInt16BE((at += 2) - 2);
  const number32 = () => answer.readInt32BE((at += 4) - 4);
  const skipString = () => {
    const length = number16();
    at += Math.max(0, length);
  };
  const each = (read: () => void) => {
    for (let left = number32(); left > 0; left--) read();
  };
  each(() => {
    number32();
    skipString();
    number32();
    skipString();
  });
  // The controller.
  number32();
  let leader: number | undefined;
  each(() => {
    number16();
    skipString();
    // Whether it is Kafka's own.
    at += 1;
    each(() => {
      number16();
      const index = number32();
      const id = number32();
      if (index === partition && id >= 0) leader = id;
      each(number32);
      each(number32);
    });
  });
  return leader;
}
