import { asError, TransportError, type Partitioner, type Random, type TopicPartition } from '@tramline/core';
import type { OutboxRow } from '@tramline/core/outbox';
import type { Lane } from './lane.js';
import type { Topics } from './topics.js';

/** What choosing a lane needs. */
export interface PlacementPorts {
  readonly topics: Topics;
  readonly partitioner: Partitioner;
  readonly random: Random;
  readonly lane: (target: TopicPartition) => Lane;
}

/**
 * Which lane a row takes: that of the partition that it names, or of its key. Rows without key go in turn, round lanes that can
 * take nothing just now.
 */
export class Placement {
  private turn: number;

  constructor(private readonly ports: PlacementPorts) {
    // Many relays that move a little each must not all begin with partition 0.
    this.turn = Math.floor(ports.random.next() * 0x10000);
  }

  /** @returns the lane; `asking`: who has it is not known yet; an error: why it has none */
  of(row: OutboxRow): Lane | 'asking' | Error {
    const { topic, record } = row;
    const partitions = this.ports.topics.partitions(topic);
    if (typeof partitions !== 'number') return partitions;
    if (row.partition === undefined && record.key === null) return this.next(topic, partitions);
    try {
      const partition = row.partition ?? this.ports.partitioner(record.key!, partitions, topic);
      if (Number.isInteger(partition) && partition >= 0 && partition < partitions)
        return this.ports.lane({ topic, partition });
      const chooser = row.partition === undefined ? 'publisher.partitioner chose' : 'the event names';
      return new TransportError(
        'TRAMLINE_UNKNOWN_TOPIC',
        `For topic '${topic}' ${chooser} partition ${partition}, but it has partitions 0 to ${partitions - 1}. Add partitions, or mend the row.`,
      );
    } catch (thrown) {
      return asError(thrown);
    }
  }

  private next(topic: string, partitions: number): Lane {
    for (let tries = 0; tries < partitions; tries++) {
      const lane = this.ports.lane({ topic, partition: this.turn++ % partitions });
      if (lane.free && !lane.suspicion()) return lane;
    }
    return this.ports.lane({ topic, partition: this.turn++ % partitions });
  }
}
