import Connection from 'kafkajs/src/network/connection.js';
import makeSocketFactory from 'kafkajs/src/network/socketFactory.js';
import { asError, TransportError, type Clock, type Timer } from '@tramline/core';
import type { KafkaSettings } from '../config/settings.js';
import type { Api } from '../protocol/api.js';
import { apiVersions } from '../protocol/api/versions.js';
import { exchange } from './exchange.js';
import { connectFailure, requestFailure } from './failures.js';
import { quietQueue } from './quiet-queue.js';
import { checkToken } from './token-check.js';
import { silentKafkajsLog } from './silent-log.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Tells brokers apart: what knows an address may have learned it anew, as another object. */
export function addressName({ host, port }: Address): string {
  return `${host}:${port}`;
}

/**
 * One connection to one broker. It opens with its first request and ends for good when it is closed, when the broker
 * closes it, or when a request takes longer than it may: kafkajs would keep a connection on which nothing comes back, and
 * with it every later request (kafkajs #1704). Whoever needs it again makes a new one.
 *
 * It keeps the process alive only while a request is under way.
 */
export class BrokerConnection {
  private readonly connection: Connection;
  private opening: Promise<void> | undefined;
  private underWay = 0;
  private ended = false;
  /** It answered a request, after it let us in. */
  private heard = false;

  constructor(
    readonly address: Address,
    private readonly settings: KafkaSettings,
    clientId: string,
    private readonly clock: Clock,
    private readonly onHeldBack: (broker: string, ms: number) => void = () => {},
  ) {
    this.connection = new Connection({
      ...address,
      clientId,
      ssl: settings.ssl,
      sasl: settings.sasl && kafkajsSasl(settings.sasl),
      logger: silentKafkajsLog,
      socketFactory: settings.socketFactory ?? makeSocketFactory(),
      connectionTimeout: settings.connectionTimeoutMs,
      requestTimeout: settings.requestTimeoutMs,
      reauthenticationThreshold: settings.reauthenticationThresholdMs,
      // Its timer would only reject the request and leave the connection; `send` keeps time instead.
      enforceRequestTimeout: false,
    });
    quietQueue(this.connection);
  }

  /** False once it ended: make another. */
  get usable(): boolean {
    return !this.ended && (!this.opening || this.underWay > 0 || this.connection.isConnected());
  }

  /**
   * @param timeoutMs - for the answer, after the connection is open. Default: the setting `requestTimeout`
   * @throws TransportError with outcome 'unknown' when the request may have reached the broker
   */
  async send<Request, Response>(
    api: Api<Request, Response>,
    request: Request,
    timeoutMs = this.settings.requestTimeoutMs,
  ): Promise<Response> {
    this.hold(1);
    try {
      await (this.opening ??= this.open());
      return await this.exchange(api, request, timeoutMs);
    } finally {
      this.hold(-1);
    }
  }

  /** At once. Requests under way are rejected. */
  close(): void {
    this.end(
      new TransportError('TRAMLINE_AWAY', `The connection to ${this.name} was closed.`, {
        outcome: 'unknown',
      }),
    );
  }

  private get name(): string {
    return addressName(this.address);
  }

  private async open(): Promise<void> {
    const { connectionTimeoutMs } = this.settings;
    try {
      await this.inTime(
        this.handshake(),
        connectionTimeoutMs,
        `did not let us in within ${connectionTimeoutMs} ms (connectionTimeout)`,
      );
    } catch (thrown) {
      const error = connectFailure(asError(thrown), this.name, this.settings);
      this.end(error);
      throw error;
    }
  }

  private async handshake(): Promise<void> {
    const { connection } = this;
    await connection.connect();
    this.refresh();
    const { ranges } = await exchange(connection, apiVersions, {});
    connection.setVersions(ranges);
    connection.setSupportAuthenticationProtocol(true);
    await connection.authenticate();
    if (this.settings.sasl?.mechanism === 'oauthbearer') {
      await checkToken(this.name, (api, request) => exchange(connection, api, request));
    }
  }

  private async exchange<Request, Response>(
    api: Api<Request, Response>,
    request: Request,
    timeoutMs: number,
  ): Promise<Response> {
    try {
      const answer = await this.inTime(
        exchange(this.connection, api, request, (ms) => this.onHeldBack(this.name, ms)),
        timeoutMs,
        `did not answer ${api.name} within ${timeoutMs} ms`,
      );
      this.heard = true;
      return answer;
    } catch (thrown) {
      const error = requestFailure(asError(thrown), this.name, api.name, this.heard, this.settings);
      // An answer that cannot be read leaves nothing to go on with; an error of the network ended the connection already.
      this.end(error);
      throw error;
    }
  }

  /** While a quota holds us back, also since the request was made, the broker handles nothing: that time does not count. */
  private async inTime<Result>(work: Promise<Result>, ms: number, what: string): Promise<Result> {
    const { clock, connection } = this;
    let timer: Timer | undefined;
    const late = new Promise<never>((_, reject) => {
      const message = `Kafka at ${this.name} ${what}.`;
      const wait = (left: number) => {
        timer = clock.setTimer(left, () => (rest() > 0 ? wait(rest()) : reject(tooLate(message))), true);
      };
      const rest = () => connection.requestQueue.throttledUntil + ms - clock.now();
      wait(ms);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      timer?.cancel();
    }
  }

  private end(error: Error): void {
    if (this.ended) return;
    this.ended = true;
    const { connection } = this;
    connection.rejectRequests(error);
    // Nothing is pending any more, so that it does not wait; a socket that is still connecting has to be cut as well.
    void connection.disconnect().catch(() => {});
    connection.socket?.destroy();
  }

  private hold(change: 1 | -1): void {
    this.underWay += change;
    // A socket that is still connecting takes a listener for each call.
    if (this.underWay === (change > 0 ? 1 : 0)) this.refresh();
  }

  private refresh(): void {
    if (this.underWay > 0) this.connection.socket?.ref();
    else this.connection.socket?.unref();
  }
}

function tooLate(message: string): TransportError {
  return new TransportError('TRAMLINE_AWAY', message, { outcome: 'unknown' });
}

function kafkajsSasl(sasl: NonNullable<KafkaSettings['sasl']>): Record<string, unknown> {
  if (sasl.mechanism !== 'oauthbearer') return { ...sasl };
  return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await sasl.token() }) };
}
