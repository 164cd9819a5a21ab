import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tramline } from '@tramline/core';
import type { Books } from '../books/books.ts';
import { openBooks } from '../books/open-books.ts';
import type { SoakOptions } from '../options.ts';
import type { Places } from '../places.ts';
import { openBus } from '../processes/open-bus.ts';
import { embeddedBrokers, kafkaBrokers, type Brokers } from './brokers.ts';
import { postgresDatabases, sqliteDatabases, type Databases } from './databases.ts';

/** One of the two services as the soak itself looks at it: its tables, and a bus that neither relays nor consumes. */
export interface Watched {
  readonly books: Books;
  readonly bus: Tramline;
}

/** Databases and broker of one soak, with their tables; `close` leaves nothing. */
export class SoakWorld {
  readonly places: Places;
  readonly databases: Databases;
  readonly brokers: Brokers;
  readonly users: Watched;
  readonly ledger: Watched;
  private readonly directory: string;

  private constructor(directory: string, databases: Databases, brokers: Brokers, writers: number) {
    this.directory = directory;
    this.databases = databases;
    this.brokers = brokers;
    this.places = { users: databases.users, ledger: databases.ledger, transport: brokers.place, writers };
    this.users = watch('users', this.places);
    this.ledger = watch('ledger', this.places);
  }

  static async open(options: Pick<SoakOptions, 'database' | 'transport' | 'writers'>): Promise<SoakWorld> {
    const directory = await mkdtemp(join(tmpdir(), 'tramline-soak-'));
    let databases: Databases | undefined;
    let brokers: Brokers | undefined;
    try {
      databases = options.database === 'sqlite' ? sqliteDatabases(directory) : await postgresDatabases();
      brokers =
        options.transport === 'kafka' ? await kafkaBrokers() : embeddedBrokers(join(directory, 'log'));
      const world = new SoakWorld(directory, databases, brokers, options.writers);
      for (const { books, bus } of [world.users, world.ledger]) {
        await books.create();
        await bus.start();
      }
      return world;
    } catch (error) {
      await brokers?.close();
      await databases?.close();
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const { books, bus } of [this.users, this.ledger]) {
      await bus.close();
      await books.close();
    }
    await this.brokers.close();
    await this.databases.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}

function watch(name: 'users' | 'ledger', places: Places): Watched {
  const books = openBooks(places[name], 4);
  const outbox = { relay: false, autoCreate: true };
  return { books, bus: openBus({ service: `soak-${name}`, transport: places.transport, books, outbox }) };
}
