import type { ClientOptions, Compression, SaslOptions, TlsOptions } from './options.js';

/** Options that were checked, with all defaults in place. */
export interface KafkaSettings {
  readonly brokers: readonly { readonly host: string; readonly port: number }[];
  readonly clientId: string | undefined;
  readonly ssl: TlsOptions | undefined;
  readonly sasl: SaslOptions | undefined;
  readonly connectionTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly retry: { readonly initialMs: number; readonly maxMs: number };
  readonly compression: Compression;
  readonly partitions: number;
  readonly replication: number | undefined;
  readonly socketFactory: ClientOptions['socketFactory'];
  readonly reauthenticationThresholdMs: number;
}
