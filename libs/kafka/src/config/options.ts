import type { Duration } from '@tramline/core';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';

/** Where the cluster is, and how to talk to it. */
export interface KafkaOptions {
  /** `host:port` of one broker or more, as a list or separated by commas. The others are learnt from these. */
  readonly brokers: string | readonly string[];
  /** What brokers show in their logs and quotas. Default: the service's name. */
  readonly clientId?: string;
  /**
   * TLS. `true` trusts the certificate authorities that Node trusts; an object says which (`ca`), and how we prove who we
   * are (`cert`, `key`), as `node:tls` has it. Default: none.
   */
  readonly ssl?: boolean | TlsOptions;
  /** Credentials. Default: none. */
  readonly sasl?: SaslOptions;
  /** How long connecting to one broker may take, TLS and SASL included. Default 3s. */
  readonly connectionTimeout?: Duration;
  /**
   * How long a broker may take to answer before the connection counts as broken. Less notices a stalled network sooner,
   * more puts up with slow disks. Default 10s.
   */
  readonly requestTimeout?: Duration;
  /** Waits between tries while the cluster is away. Tries never end, but for `publish`, which has a timeout of its own. */
  readonly retry?: RetryOptions;
  /** How batches are compressed when publishing. Every kind that is installed is read. Default none. */
  readonly compression?: Compression;
  /** Partitions of topics that are created without a number, 1 to 10,000. Default 6. */
  readonly partitions?: number;
  /** Copies of topics that are created without a number. Default: 3, or as many as there are brokers. */
  readonly replication?: number;
  /** Options of the connections to brokers that have no name above. What would break a guarantee is refused. */
  readonly client?: ClientOptions;
}

export type TlsOptions = Pick<
  ConnectionOptions,
  | 'ca'
  | 'cert'
  | 'key'
  | 'pfx'
  | 'passphrase'
  | 'servername'
  | 'rejectUnauthorized'
  | 'minVersion'
  | 'maxVersion'
  | 'ciphers'
  | 'checkServerIdentity'
>;

export type SaslOptions =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
      readonly username: string;
      readonly password: string;
    }
  | {
      readonly mechanism: 'oauthbearer';
      /** Asked for whenever a connection is made, and again before its session ends. */
      readonly token: () => Promise<string>;
    };

export interface RetryOptions {
  /** The first wait; each is twice the last one, with jitter. Default 100ms. */
  readonly initial?: Duration;
  /** The longest wait. Default 2s. */
  readonly max?: Duration;
}

/** `snappy` and `lz4` need their codec registered with kafkajs (`CompressionCodecs`); `zstd` needs Node 22.15 or newer. */
export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

export interface ClientOptions {
  /** Makes sockets: for proxies, or unusual networks. It must call `onConnect` once the socket is usable. */
  readonly socketFactory?: (options: {
    readonly host: string;
    readonly port: number;
    readonly ssl: TlsOptions | undefined;
    readonly onConnect: () => void;
  }) => Socket;
  /** How long before the end of a SASL session it is renewed. Default 10s. */
  readonly reauthenticationThreshold?: Duration;
}
