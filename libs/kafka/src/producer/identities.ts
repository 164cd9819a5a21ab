import type { Cluster } from '../cluster/cluster.js';
import { check } from '../cluster/broker-errors.js';
import { initProducerId } from '../protocol/api/records.js';

/** By which brokers know a producer's repeats. */
export interface ProducerIdentity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** One identity for all partitions, until one of them needs another. */
export class Identities {
  private current: Promise<ProducerIdentity> | undefined;

  constructor(private readonly cluster: Cluster) {}

  /** @param not - the one that must not be used any more */
  async get(not?: ProducerIdentity): Promise<ProducerIdentity> {
    const current = this.current;
    const identity = await (this.current ??= this.ask());
    if (identity !== not) return identity;
    // Perhaps another partition asked for a new one meanwhile.
    if (this.current === current) this.current = this.ask();
    return this.current;
  }

  private ask(): Promise<ProducerIdentity> {
    const asking = this.cluster.any(initProducerId, {}).then(({ errorCode, producerId, producerEpoch }) => {
      check(errorCode, 'Asking for a producer id');
      return { producerId, producerEpoch };
    });
    asking.catch(() => {
      if (this.current === asking) this.current = undefined;
    });
    return asking;
  }
}
