import { randomUUID } from 'node:crypto';
import {
  silentLog,
  systemClock,
  systemRandom,
  Tramline,
  type Log,
  type Transport,
  type TramlineOptions,
} from '@tramline/core';
import { kafka, type KafkaOptions } from '@tramline/kafka';

/** Buses and transports of one test on one cluster, under names that no other test uses; `close` leaves none open. */
export class KafkaWorld {
  readonly namespace = `t${randomUUID().slice(0, 8)}`;
  readonly brokers: string;
  private readonly open: { close(): Promise<unknown> }[] = [];
  private names = 0;

  constructor(brokers: string) {
    this.brokers = brokers;
  }

  /** A service. Its groups sit loosely: 3 s of silence and they are out. */
  bus(service: string, options: Partial<TramlineOptions> = {}, more: Partial<KafkaOptions> = {}): Tramline {
    const { consumer, ...rest } = options;
    const bus = new Tramline({
      service,
      namespace: this.namespace,
      transport: kafka({ brokers: this.brokers, ...more }),
      log: silentLog,
      consumer: { sessionTimeout: '3s', drainTimeout: '1s', ...consumer },
      ...rest,
    });
    this.open.push(bus);
    return bus;
  }

  transport(more: Partial<KafkaOptions> = {}, log: Log = silentLog): Transport {
    const provider = kafka({ brokers: this.brokers, ...more });
    const transport = provider.open({ clock: systemClock, random: systemRandom, log, clientId: 'test' });
    this.open.push(transport);
    return transport;
  }

  name(what: string): string {
    return `${this.namespace}.${what}-${++this.names}`;
  }

  async topic(transport: Transport, partitions = 1): Promise<string> {
    const name = this.name('topic');
    await transport.topics.create([{ name, partitions, cleanup: 'delete' }]);
    return name;
  }

  async close(): Promise<void> {
    await Promise.all(this.open.splice(0).map((one) => one.close()));
  }
}
