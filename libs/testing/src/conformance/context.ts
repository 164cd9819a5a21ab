import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  partitionName,
  silentLog,
  systemClock,
  systemRandom,
  type OutgoingRecord,
  type StoredRecord,
  type TopicPartition,
  type TopicSpec,
  type Transport,
} from '@tramline/core';
import { RecordingMember, type MemberHooks } from './recording-member.js';
import type { ConformanceSetup, ConformanceWorld } from './setup.js';

export interface JoinOptions {
  readonly group: string;
  readonly topics: readonly string[];
  readonly broadcast?: boolean;
  readonly clientId?: string;
}

/** The hands of one case: opens transports, makes names that nobody else uses, waits, and cleans up. */
export class CaseContext {
  readonly sessionTimeoutMs: number;
  readonly #unique = randomUUID().slice(0, 8);
  readonly #open = new Set<Transport>();
  readonly #members: RecordingMember[] = [];
  #names = 0;

  constructor(
    readonly setup: ConformanceSetup,
    readonly world: ConformanceWorld,
  ) {
    this.sessionTimeoutMs = setup.sessionTimeoutMs ?? 6_000;
  }

  get clock() {
    return this.world.clock ?? systemClock;
  }

  /** Opens a transport, as another process would. */
  open(clientId = 'conformance'): Transport {
    const transport = this.world.provider.open({
      clock: this.clock,
      random: systemRandom,
      log: silentLog,
      clientId,
    });
    this.#open.add(transport);
    return transport;
  }

  async crash(transport: Transport): Promise<void> {
    assert(
      this.world.crash !== undefined,
      "a setup that does not lack 'crash' must have the hook `crash`; or say lacks: ['crash']",
    );
    this.#open.delete(transport);
    await this.world.crash(transport);
  }

  async setAway(away: boolean): Promise<void> {
    assert(
      this.world.setAway !== undefined,
      "a setup that does not lack 'away' must have the hook `setAway`; or say lacks: ['away']",
    );
    await this.world.setAway(away);
  }

  /** A name that no other case and no other run uses. */
  name(what: string): string {
    return `conformance.${this.#unique}.${what}-${++this.#names}`;
  }

  /** Makes a topic of its own. Default: one partition. */
  async topic(transport: Transport, spec: Partial<TopicSpec> = {}): Promise<string> {
    const name = this.name('topic');
    await transport.topics.create([{ name, partitions: 1, cleanup: 'delete', ...spec }]);
    return name;
  }

  /** Appends texts, or whole records, as one unit. */
  append(transport: Transport, topic: string, partition: number, ...records: (string | OutgoingRecord)[]) {
    const outgoing = records.map((record) => (typeof record === 'string' ? textRecord(record) : record));
    return transport.append({ topic, partition }, outgoing, { timeoutMs: this.patienceMs });
  }

  join(transport: Transport, options: JoinOptions, hooks: MemberHooks = {}): RecordingMember {
    const { sessionTimeoutMs } = this;
    const member = new RecordingMember(hooks).join((listener) =>
      transport.consume({ clientId: 'member', broadcast: false, sessionTimeoutMs, ...options }, listener),
    );
    this.#members.push(member);
    return member;
  }

  async read(transport: Transport, target: TopicPartition, from = 0, to = Infinity): Promise<StoredRecord[]> {
    const records: StoredRecord[] = [];
    for await (const batch of transport.read({
      ...target,
      from,
      to: Math.min(to, Number.MAX_SAFE_INTEGER),
    })) {
      records.push(...batch);
    }
    return records;
  }

  /** Waits until `reached`. Never asserts how long that took. */
  async until(what: string, reached: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = this.clock.monotonic() + this.patienceMs;
    while (!(await reached())) {
      if (this.clock.monotonic() > deadline) assert.fail(`waited ${this.patienceMs} ms in vain for: ${what}`);
      await this.#pass(20);
    }
  }

  /** The outcome of `work`, with time passing meanwhile. */
  async settled<T>(what: string, work: Promise<T>): Promise<T> {
    let done = false;
    const end = () => (done = true);
    work.then(end, end);
    await this.until(what, () => done);
    return work;
  }

  /** Waits until these members together hold exactly these partitions. */
  async held(members: readonly RecordingMember[], partitions: readonly TopicPartition[]): Promise<void> {
    const wanted = partitions.map(partitionName).sort().join();
    const now = () =>
      members
        .flatMap((member) => member.held)
        .sort()
        .join();
    await this.until(
      `the members hold ${wanted}`,
      () => now() === wanted && members.every((member) => member.joined),
    );
  }

  /** Every record of these texts reached one of the members. */
  async arrived(members: readonly RecordingMember[], texts: readonly string[]): Promise<void> {
    const missing = () => {
      const seen = new Set(members.flatMap((member) => member.seen.map(text)));
      return texts.filter((wanted) => !seen.has(wanted));
    };
    await this.until(`records ${texts.join(', ').slice(0, 80)} arrive`, () => missing().length === 0);
  }

  /** Closes what the case left open, and says which rules of the listener were broken. */
  async finish(): Promise<string[]> {
    try {
      const closing = Promise.all([...this.#open].map((transport) => transport.close()));
      await this.settled('every transport closes', closing);
    } finally {
      await this.world.dispose?.();
    }
    return this.#members.flatMap((member) => member.broken);
  }

  private get patienceMs(): number {
    return this.setup.patienceMs ?? 30_000;
  }

  async #pass(ms: number): Promise<void> {
    const { clock } = this.world;
    if (clock?.advance) return clock.advance(ms);
    await new Promise<void>((resolve) => void this.clock.setTimer(ms, resolve, true));
  }
}

export function textRecord(value: string): OutgoingRecord {
  return { key: Buffer.from(`key of ${value}`), value: Buffer.from(value), headers: [] };
}

/** The value of a record as text. */
export function text(record: StoredRecord): string {
  return Buffer.from(record.value ?? []).toString();
}

/** A record in a form that compares well: bytes in hex, null as null. */
export function plain(record: OutgoingRecord) {
  return {
    key: hex(record.key),
    value: hex(record.value),
    headers: record.headers.map(([name, value]) => [name, hex(value)]),
  };
}

/** All partitions of a topic. */
export function partitionsOf(topic: string, count: number): TopicPartition[] {
  return Array.from({ length: count }, (_, partition) => ({ topic, partition }));
}

/** Texts that tell themselves apart: `prefix 0` to `prefix n-1`. */
export function texts(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix} ${index}`);
}

export const hex = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('hex'));
