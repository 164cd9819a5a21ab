import type { Bench } from '../benchmark.ts';
import type { Child } from '../run/child.ts';
import { refuse } from './arrivals.ts';
import { checkTopic } from './check-topic.ts';
import { withFreshDatabase } from './fresh-database.ts';
import { KafkaTopics } from './kafka-topics.ts';
import type { OutboxSide } from './outbox-sides.ts';
import type { Carrier, ReceiverSettings, ServiceSettings, Store } from './outbox-work.ts';

const PROGRAMS = {
  tramline: { service: 'outbox-service.ts', receiver: 'outbox-receiver.ts' },
  'hand-written': { service: 'skip-locked-service.ts', receiver: 'kafkajs-receiver.ts' },
  library: { service: 'pg-transactional-outbox-service.ts', receiver: 'kafkajs-receiver.ts' },
} as const;

/** New tables and a new topic for one measurement. */
export class OutboxPlace {
  private readonly bench: Bench;
  private readonly side: OutboxSide;
  private readonly at: Pick<ServiceSettings, 'store' | 'carrier' | 'topic'>;

  private constructor(bench: Bench, side: OutboxSide, at: OutboxPlace['at']) {
    this.bench = bench;
    this.side = side;
    this.at = at;
  }

  /** Makes what is needed, and leaves nothing of it behind. */
  static async with<T>(bench: Bench, side: OutboxSide, work: (place: OutboxPlace) => Promise<T>): Promise<T> {
    const onCarrier = (store: Store) =>
      withCarrier(bench, side, (carrier, topic) =>
        work(new OutboxPlace(bench, side, { store, carrier, topic })),
      );
    try {
      if (side.store === 'sqlite')
        return await onCarrier({ kind: 'sqlite', directory: bench.workspace.directory() });
      return await withFreshDatabase(await bench.postgres(), (url) => onCarrier({ kind: 'postgres', url }));
    } finally {
      await bench.workspace.clean();
    }
  }

  /** A service process, loaded. @param relays - whether it moves rows, from `ready` on */
  async service(relays: boolean): Promise<Child> {
    const settings: ServiceSettings = { ...this.at, relays, batch: this.side.batch };
    const child = this.bench.workspace.start(PROGRAMS[this.side.programs].service, settings);
    await child.ask('loaded');
    return child;
  }

  /** A process that receives, and has joined. */
  async receiver(total: number): Promise<Child> {
    const { carrier, topic } = this.at;
    const settings: ReceiverSettings = { carrier, topic, total, inOrder: this.side.inOrder };
    const child = this.bench.workspace.start(PROGRAMS[this.side.programs].receiver, settings);
    await child.ask('ready');
    return child;
  }

  /** Ends all. @throws CheckError unless all came, once, in order where that is promised, and the log holds nothing else */
  async end(services: readonly Child[], receiver: Child, total: number): Promise<void> {
    const { carrier, topic } = this.at;
    const { name, inOrder } = this.side;
    await Promise.all(services.map((service) => service.stop()));
    refuse(name, await receiver.stop());
    await checkTopic(carrier, { what: `${name}, in the log`, topic, total, inOrder });
  }
}

async function withCarrier<T>(
  { brokers, workspace }: Bench,
  { carrier }: OutboxSide,
  work: (carrier: Carrier, topic: string) => Promise<T>,
): Promise<T> {
  if (carrier === 'embedded')
    return work({ kind: 'embedded', directory: workspace.directory() }, 'bench.order');
  const addresses = await brokers();
  const topics = await KafkaTopics.open(addresses);
  try {
    return await work({ kind: 'kafka', brokers: addresses }, await topics.create());
  } finally {
    await topics.close();
  }
}
