import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { KafkaCluster } from '../../kafka/cluster.ts';
import type { TransportPlace } from '../places.ts';
import { holdFile } from './held-file.ts';

/** What carries the events of a soak, and can be taken away. */
export interface Brokers {
  readonly place: TransportPlace;
  /** Nothing can be written for so long. */
  away(ms: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * The embedded log has no broker that could be away. The nearest to it: another process holds its write lock, so that nobody can
 * append, commit, or say that they live.
 */
export function embeddedBrokers(directory: string): Brokers {
  return {
    place: { kind: 'embedded', directory },
    async away(ms) {
      const letGo = holdFile(join(directory, 'tramline.db'));
      await pause(ms);
      letGo();
    },
    close: () => Promise.resolve(),
  };
}

/** One broker, killed with SIGKILL and started again. */
export async function kafkaBrokers(): Promise<Brokers> {
  const cluster = await KafkaCluster.start();
  const [broker] = cluster.brokers;
  return {
    place: { kind: 'kafka', brokers: cluster.addresses.join(',') },
    async away(ms) {
      await broker!.kill();
      await pause(ms);
      await broker!.start();
    },
    close: () => cluster.stop(),
  };
}
