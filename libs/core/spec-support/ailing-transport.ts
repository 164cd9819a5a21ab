import type {
  ConsumeListener,
  Membership,
  Transport,
  TransportEnvironment,
  TransportProvider,
} from '@tramline/core';

/**
 * A transport that can fall silent as a fetch loop, a heartbeat or a worker that died without a word does: nothing fails,
 * nothing is told.
 */
export class AilingTransport implements TransportProvider {
  readonly name: string;
  /** Memberships so far. */
  joins = 0;
  /** Records of memberships that were made up to this one never arrive. */
  deafUpTo = 0;
  /** Memberships made up to this one hear nothing at all from now on. */
  deadUpTo = 0;

  constructor(private readonly provider: TransportProvider) {
    this.name = provider.name;
  }

  open(environment: TransportEnvironment): Transport {
    const transport = this.provider.open(environment);
    const consume = transport.consume.bind(transport);
    transport.consume = (options, listener) => {
      const number = ++this.joins;
      return this.membership(number, consume(options, this.listener(number, listener)));
    };
    return transport;
  }

  private listener(number: number, to: ConsumeListener): ConsumeListener {
    const never = new Promise<never>(() => {});
    return {
      assigned: (partitions) => (number <= this.deadUpTo ? never : to.assigned(partitions)),
      revoked: (partitions) => to.revoked(partitions),
      lost: (partitions) => to.lost(partitions),
      records: (batch) => (number <= Math.max(this.deafUpTo, this.deadUpTo) ? never : to.records(batch)),
      outOfRange: (partition, position) => to.outOfRange(partition, position),
      status: (status) => (number <= this.deadUpTo ? undefined : to.status(status)),
    };
  }

  private membership(number: number, inner: Membership): Membership {
    let heardAt: number | undefined;
    return {
      pause: (partitions) => inner.pause(partitions),
      resume: (partitions) => inner.resume(partitions),
      commit: (entries) => inner.commit(entries),
      heardAt: () => {
        if (number > this.deadUpTo) heardAt = inner.heardAt();
        return heardAt;
      },
      close: () => inner.close(),
    };
  }
}
