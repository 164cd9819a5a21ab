/**
 * The parts of kafkajs that we stand on: sockets, TLS, SASL, the request queue with its quotas. They are not its public API
 * and have no types of their own, so the version is pinned, and broker-connection.spec.ts holds them to what is said here.
 */
declare module 'kafkajs/src/network/connection.js' {
  import type { Socket } from 'node:net';

  export interface QueuedRequest {
    readonly entry: {
      readonly apiKey: number;
      readonly apiName: string;
      readonly apiVersion: number;
      readonly correlationId: number;
      readonly resolve: (answer: { readonly payload: Buffer }) => void;
      readonly reject: (error: Error) => void;
    };
    readonly expectResponse: boolean;
    /** null: that of the queue. */
    readonly requestTimeout: number | null;
    sendRequest(): void;
  }
  interface Queue {
    readonly pending: readonly unknown[];
    readonly throttledUntil: number;
    /** Sends it at once, or when a quota no longer holds it back. Throws nothing when the socket is gone: see `rejectRequests`. */
    push(request: QueuedRequest): void;
    maybeThrottle(ms: number): void;
    scheduleCheckPendingRequests(): void;
    destroy(): void;
  }
  export default class Connection {
    constructor(options: Record<string, unknown>);
    readonly clientId: string;
    readonly requestQueue: Queue;
    readonly socket: Socket | undefined;
    connect(): Promise<unknown>;
    disconnect(): Promise<unknown>;
    authenticate(): Promise<void>;
    /** False too when its session is about to end. */
    isAuthenticated(): boolean;
    /** Throws KafkaJSConnectionError. */
    failIfNotConnected(): void;
    nextCorrelationId(): number;
    setVersions(versions: Record<number, { minVersion: number; maxVersion: number }>): void;
    setSupportAuthenticationProtocol(supported: boolean): void;
    isConnected(): boolean;
    rejectRequests(error: Error): void;
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
