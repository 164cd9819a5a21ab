import type { Clock } from '@tramline/core';
import type { KafkaSettings } from '../config/settings.js';
import { addressName, BrokerConnection, type Address } from '../kafkajs/broker-connection.js';
import type { QuotaWatch } from './quota-watch.js';

/**
 * Connections for one purpose, one per broker. A broker answers the requests of a connection one after the other, so
 * whatever waits long there (a fetch, a rebalance) has a lane of its own and holds up nobody else.
 */
export class Lane {
  private readonly connections = new Map<string, BrokerConnection>();
  private closed = false;

  constructor(
    private readonly settings: KafkaSettings,
    private readonly clientId: string,
    private readonly clock: Clock,
    private readonly quotas: QuotaWatch,
  ) {}

  /** The connection to a broker, made anew when the last one ended. */
  connection(address: Address): BrokerConnection {
    const name = addressName(address);
    const found = this.connections.get(name);
    if (found?.usable) return found;
    found?.close();
    const { settings, clientId, clock, quotas } = this;
    const made = new BrokerConnection(address, settings, clientId, clock, (broker, ms) =>
      quotas.heldBack(broker, clientId, ms),
    );
    if (this.closed) made.close();
    else this.connections.set(name, made);
    return made;
  }

  /** Brokers that we are connected to just now. */
  open(): Address[] {
    return [...this.connections.values()].filter(({ usable }) => usable).map(({ address }) => address);
  }

  /** For good: requests under way are rejected, later ones too. */
  close(): void {
    this.closed = true;
    for (const connection of this.connections.values()) connection.close();
    this.connections.clear();
  }
}
