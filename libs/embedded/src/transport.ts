import type {
  Appended,
  ConsumeListener,
  ConsumeOptions,
  Membership,
  OutgoingRecord,
  ReadRange,
  StoredRecord,
  TopicPartition,
  Transport,
  TransportCapabilities,
  TransportEnvironment,
} from '@tramline/core';
import { ClosedError } from '@tramline/core';
import { EmbeddedGroups, EmbeddedTopics } from './admin.js';
import { Consumer } from './consumer.js';
import { BroadcastCoordinator, GroupCoordinator } from './coordinator.js';
import { asTransportError } from './errors.js';
import type { TopicDefaults } from './options.js';
import { Producer } from './producer.js';
import { readRange } from './reader.js';
import { Tails } from './tails.js';
import type { Settings } from './wire/messages.js';
import { WorkerLink, type Pushed } from './worker-link.js';

/** Directories whose use this process has announced. */
const announced = new Set<string>();

/**
 * The embedded log as a transport. Two workers: one writes, and may wait for the disk and for other processes; one reads
 * beside it, so that neither waits for the other. Each starts when it is first needed.
 */
export class EmbeddedTransport implements Transport {
  readonly name = 'embedded';
  readonly capabilities: TransportCapabilities = {
    durable: true,
    shared: true,
    compaction: true,
    growth: true,
    alwaysCreates: true,
  };
  readonly topics: EmbeddedTopics;
  readonly groups: EmbeddedGroups;
  readonly #writing: WorkerLink;
  readonly #reading: WorkerLink;
  readonly #producer: Producer;
  readonly #tails = new Tails(() => this.#reading);
  readonly #consumers = new Set<Consumer>();
  #closed: Promise<void> | undefined;

  constructor(
    settings: Settings,
    defaults: TopicDefaults,
    private readonly environment: TransportEnvironment,
  ) {
    const { clock } = environment;
    this.#writing = new WorkerLink(
      settings,
      clock,
      () => {},
      () => {},
    );
    this.#reading = new WorkerLink(
      settings,
      clock,
      (pushed) => this.#receive(pushed),
      () => this.#tails.reopen(),
    );
    this.#producer = new Producer(this.#writing, clock);
    this.topics = new EmbeddedTopics(this.#writing, this.#producer, defaults);
    this.groups = new EmbeddedGroups(this.#writing);
    this.#announce(settings.directory);
  }

  append(
    target: TopicPartition,
    records: readonly OutgoingRecord[],
    options: { readonly timeoutMs: number },
  ): Promise<Appended> {
    return this.#producer.append(target, records, options);
  }

  partitionCount(topic: string): Promise<number> {
    return this.#producer.partitionCount(topic);
  }

  consume(options: ConsumeOptions, listener: ConsumeListener): Membership {
    if (this.#closed) throw new ClosedError('The embedded transport');
    const { clock, log, random } = this.environment;
    const memberId = `${options.clientId}-${Buffer.from(random.bytes(12)).toString('hex')}`;
    const coordinator = options.broadcast
      ? new BroadcastCoordinator(this.#reading, this.#tails, options)
      : new GroupCoordinator(this.#writing, this.#tails, memberId, options);
    // Whoever consumes wants to live.
    this.#reading.hold();
    const consumer = new Consumer(coordinator, this.#tails, clock, log, options, listener, () => {
      this.#consumers.delete(consumer);
      this.#reading.letGo();
    });
    this.#consumers.add(consumer);
    return consumer;
  }

  read(range: ReadRange): AsyncIterable<readonly StoredRecord[]> {
    return readRange(this.#reading, range);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.close()));
    await Promise.all([this.#writing.close(), this.#reading.close()]);
  }

  #receive(pushed: Pushed): void {
    if (pushed.away) {
      const error = asTransportError(pushed.away);
      for (const consumer of [...this.#consumers]) consumer.trouble(error);
    }
    this.#tails.receive(pushed);
  }

  #announce(directory: string): void {
    if (announced.has(directory)) return;
    announced.add(directory);
    this.environment.log.info(
      `The embedded transport keeps its log in ${directory}. It is for development, tests and single machines; move to ` +
        '@tramline/kafka when services run on several machines, or when the log must survive the loss of this one.',
    );
  }
}
