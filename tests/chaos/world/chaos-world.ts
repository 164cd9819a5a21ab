import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog, Tramline } from '@tramline/core';
import { kafka } from '@tramline/kafka';
import { PostgresBooks } from '../../../scripts/soak/books/postgres-books.ts';
import type { Violation } from '../checker/found.ts';
import { Outside } from '../checker/outside.ts';
import { Brokers } from './brokers.ts';
import { Database } from './database.ts';
import type { Service } from './service.ts';
import { placeServices, type Kind } from './services.ts';

/** Groups that consume; each has dead letters and retry tiers of its own. */
export const GROUPS = ['sms', 'email', 'points', 'witness'] as const;
export type Group = (typeof GROUPS)[number];

/** The whole system, and a way past all proxies for who watches it. `close` leaves nothing. */
export class ChaosWorld {
  readonly folder: string;
  readonly outside: Outside;
  readonly brokers: Brokers;
  readonly database: Database;
  readonly services: readonly Service[];
  /** Neither consumes nor relays. */
  readonly bus: Tramline;
  readonly books: PostgresBooks;

  private constructor(
    folder: string,
    outside: Outside,
    brokers: Brokers,
    database: Database,
    services: readonly Service[],
  ) {
    this.folder = folder;
    this.outside = outside;
    this.brokers = brokers;
    this.database = database;
    this.services = services;
    this.books = new PostgresBooks(database.server.url('witness'), 2);
    this.bus = new Tramline({
      service: 'checker',
      consume: false,
      transport: kafka({ brokers: brokers.direct }),
      // The outbox of the witnesses, looked at and not moved.
      outbox: this.books.outbox({ relay: false, autoCreate: true }),
      log: silentLog,
    });
  }

  /** Everything runs and is ready when it resolves. */
  static async start(): Promise<ChaosWorld> {
    const opened: { close(): Promise<unknown> }[] = [];
    const folder = await mkdtemp(join(tmpdir(), 'tramline-chaos-'));
    try {
      const outside = await Outside.open();
      opened.push(outside);
      const brokers = await Brokers.start();
      opened.push(brokers);
      const database = await Database.start();
      opened.push(database);
      const services = await placeServices({
        folder,
        brokers: brokers.addresses,
        sampleUrl: database.url('sample'),
        witnessUrl: database.url('witness'),
        outside: outside.url,
      });
      const world = new ChaosWorld(folder, outside, brokers, database, services);
      opened.push(world);
      await world.boot();
      return world;
    } catch (error) {
      const world = opened.at(-1);
      if (world instanceof ChaosWorld) await world.close();
      else for (const one of opened.toReversed()) await one.close();
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  of(kind: Kind): readonly Service[] {
    return this.services.filter((service) => service.kind === kind);
  }

  /** Processes that ended though nobody told them to, a sentence each. */
  fallen(): Violation[] {
    return this.services.flatMap(({ name, fellWith }) =>
      fellWith === undefined ? [] : [{ text: `${name} ended by itself. It wrote:\n${fellWith}` }],
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.services.map((service) => service.kill()));
    await this.bus.close();
    await this.books.close();
    await this.outside.close();
    await this.database.close();
    await this.brokers.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async boot(): Promise<void> {
    await this.books.create();
    await this.bus.start();
    // One of each first: they make tables and topics, which relays alone would look for in vain.
    const first = this.services.filter(({ name, kind }) => kind !== 'relay' && name.endsWith('-1'));
    await Promise.all(first.map((service) => service.start()));
    const others = this.services.filter((service) => !first.includes(service));
    await Promise.all(others.map((service) => service.start()));
  }
}
