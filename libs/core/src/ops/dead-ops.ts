import { DeadLetters } from './dead-letters.js';
import type { OpsPorts } from './ports.js';

/** A group with dead letters. */
export interface DeadGroup {
  readonly group: string;
  /** Records in its dead-letter topic: letters and their copies, redriven and discarded ones included. */
  readonly records: number;
}

/** Dead letters of all groups. */
export class DeadOps {
  constructor(private readonly ports: OpsPorts) {}

  /** The groups of this namespace that have a dead-letter topic, sorted. @throws TransportError */
  async groups(): Promise<DeadGroup[]> {
    const { transport, naming } = this.ports;
    const topics = await transport.topics.list(naming.topic(''));
    const dead = topics.flatMap((topic) => {
      const own = naming.groupTopic(topic);
      return own?.kind === 'dead' ? [{ topic, group: own.group }] : [];
    });
    return Promise.all(
      dead.map(async ({ topic, group }) => {
        const bounds = await transport.topics.offsets(topic);
        return { group, records: bounds.reduce((sum, { earliest, end }) => sum + end - earliest, 0) };
      }),
    );
  }

  /** The letters of one group. */
  of(group: string): DeadLetters {
    return new DeadLetters(this.ports, group);
  }
}
