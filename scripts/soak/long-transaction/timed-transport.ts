import type { TransportProvider } from '@tramline/core';

const TIME = 'ce_time';

/** What a transport has acknowledged since it was taken last. */
export class Arrivals {
  private latencies: number[] = [];
  private readonly flights = new Map<number, number>();

  landed(partition: number, latencies: readonly number[]): void {
    this.latencies.push(...latencies);
    this.flights.set(partition, (this.flights.get(partition) ?? 0) + 1);
  }

  take(): { readonly latencies: number[]; readonly flights: number } {
    const taken = { latencies: this.latencies, flights: Math.max(0, ...this.flights.values()) };
    this.latencies = [];
    this.flights.clear();
    return taken;
  }
}

/**
 * Notes, for each record that the transport has acknowledged, how long ago its event was published: so the time from
 * `outbox.publish` in a transaction, over the commit and the relay, to the log.
 */
export function timed(provider: TransportProvider, arrivals: Arrivals): TransportProvider {
  return {
    ...provider,
    open(environment) {
      const transport = provider.open(environment);
      const append = transport.append.bind(transport);
      transport.append = async (place, records, options) => {
        const receipt = await append(place, records, options);
        const now = Date.now();
        const times = records.flatMap(({ headers }) => headers.find(([name]) => name === TIME)?.[1] ?? []);
        arrivals.landed(
          place.partition,
          times.map((time) => now - Date.parse(Buffer.from(time).toString())),
        );
        return receipt;
      };
      return transport;
    },
  };
}
