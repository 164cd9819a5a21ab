import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { EventBus } from '@tramline/nest';
import { UserRegistered } from '@tramline/sample-events';
import { type Registration, UsersStore } from './users.store.js';

/** How often rows that nobody announced are looked for, in milliseconds. */
const SWEEP_EVERY = 1_000;
/** How many of them are published at a time. */
const SWEEP_SIZE = 100;

/**
 * Tells the world of every user in the table: at once after the row is written, and again for as long as that is not
 * known to have worked.
 *
 * The row is durable before the event is published, and is marked afterwards. A process killed between the two leaves
 * an unmarked row, which the next one publishes under the event id that lies in the row. So no registration is lost,
 * and one that is published twice is recognised by its id.
 */
@Injectable()
export class Announcer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Announcer.name);
  private readonly stopping = new AbortController();
  private readonly flights = new Map<string, Promise<boolean>>();
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly bus: EventBus,
    private readonly users: UsersStore,
  ) {}

  onApplicationBootstrap(): void {
    this.sweeping = this.sweep();
  }

  /** While the modules are destroyed a publish still works; bus and database are closed later. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.sweeping;
    await Promise.all(this.flights.values());
  }

  /** Publishes the event of one row, once at a time. Resolves to whether it is out; never rejects. */
  announce(registration: Registration): Promise<boolean> {
    const { eventId } = registration;
    // Somebody who registers while we stop is announced by the next process.
    if (this.stopping.signal.aborted) return Promise.resolve(false);
    const flight = this.flights.get(eventId) ?? this.publish(registration);
    this.flights.set(eventId, flight);
    return flight.finally(() => this.flights.delete(eventId));
  }

  private async publish({ user, eventId }: Registration): Promise<boolean> {
    const { userId, name, email, phone } = user;
    try {
      await this.bus.publish(UserRegistered, { userId, name, email, phone }, { id: eventId });
      this.users.announced(eventId);
      return true;
    } catch (error) {
      this.logger.warn(`User ${userId} is not announced yet, it will be tried again: ${String(error)}`);
      return false;
    }
  }

  private async sweep(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const left = this.users.notAnnounced(SWEEP_SIZE);
      const out = await Promise.all(left.map((registration) => this.announce(registration)));
      // A full page that went out means that more may wait; anything else can wait itself.
      if (left.length === SWEEP_SIZE && out.every(Boolean)) continue;
      await delay(SWEEP_EVERY, undefined, { signal }).catch(() => undefined);
    }
  }
}
