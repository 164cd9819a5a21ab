import type { TransportProvider } from '@tramline/core';

const TIME = 'ce_time';

/**
 * Tells, for each record that the transport has acknowledged, how long ago its event was published: so the time from
 * `outbox.publish` in a transaction, over the commit and the relay, to the log.
 */
export function timed(provider: TransportProvider, arrived: (latencyMs: number) => void): TransportProvider {
  return {
    ...provider,
    open(environment) {
      const transport = provider.open(environment);
      const append = transport.append.bind(transport);
      transport.append = async (partition, records, options) => {
        const receipt = await append(partition, records, options);
        const now = Date.now();
        for (const { headers } of records) {
          const time = headers.find(([name]) => name === TIME)?.[1];
          if (time) arrived(now - Date.parse(Buffer.from(time).toString()));
        }
        return receipt;
      };
      return transport;
    },
  };
}
