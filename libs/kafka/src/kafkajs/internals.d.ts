/**
 * The parts of kafkajs that we stand on: sockets, TLS, SASL, the request queue with its quotas. They are not its public API
 * and have no types of their own, so the version is pinned, and connection.spec.ts holds them to what is said here.
 */
declare module 'kafkajs/src/network/connection.js' {
  import type { Socket } from 'node:net';

  interface Queue {
    readonly pending: readonly unknown[];
    readonly throttledUntil: number;
    scheduleCheckPendingRequests(): void;
    destroy(): void;
  }
  interface Request {
    readonly request: {
      readonly apiKey: number;
      readonly apiName: string;
      readonly apiVersion: number;
      encode(): Promise<{ readonly buf: Uint8Array; readonly buffer: Uint8Array }>;
    };
    readonly response: {
      decode(payload: Buffer): Promise<{ readonly clientSideThrottleTime: number }>;
      parse(decoded: { readonly clientSideThrottleTime: number }): Promise<unknown>;
    };
    readonly logResponseError: boolean;
  }
  export default class Connection {
    constructor(options: Record<string, unknown>);
    readonly requestQueue: Queue;
    readonly socket: Socket | undefined;
    connect(): Promise<unknown>;
    disconnect(): Promise<unknown>;
    authenticate(): Promise<void>;
    setVersions(versions: Record<number, { minVersion: number; maxVersion: number }>): void;
    setSupportAuthenticationProtocol(supported: boolean): void;
    isConnected(): boolean;
    rejectRequests(error: Error): void;
    send(request: Request): Promise<unknown>;
  }
}

declare module 'kafkajs/src/network/socketFactory.js' {
  export default function makeSocketFactory(): unknown;
}

declare module 'kafkajs/src/protocol/message/compression/index.js' {
  const compression: {
    readonly Codecs: Readonly<
      Record<
        number,
        | undefined
        | (() => {
            compress(encoder: { readonly buffer: Uint8Array }): Promise<Buffer>;
            decompress(bytes: Buffer): Promise<Buffer>;
          })
      >
    >;
  };
  export default compression;
}
