import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { REFUSED_NUMBER } from './poisoned.ts';

/** A message as the gateway got it first. */
export interface Sms {
  readonly idempotencyKey: string;
  readonly at: number;
}

/** An attempt that a witness told of. */
export interface Step {
  readonly eventId: string;
  readonly partition: number;
  readonly offset: number;
  readonly at: number;
}

/** The world outside of the system: an SMS gateway that knows idempotency keys, and who listens to witnesses. */
export class Outside {
  /** By number. Of a key that comes again only the first. */
  readonly sms = new Map<string, Sms[]>();
  /** In the order in which they came. */
  readonly steps: Step[] = [];
  /** Calls under a key that was known. */
  repeatedSms = 0;
  /** Whether the gateway answers 503. */
  isAway = false;
  private readonly keys = new Set<string>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      void this.answer(request)
        .catch(() => 400)
        .then((status) => response.writeHead(status, { 'content-type': 'application/json' }).end('{}'));
    });
  }

  static async open(): Promise<Outside> {
    const outside = new Outside();
    outside.server.listen(0, '127.0.0.1');
    await once(outside.server, 'listening');
    return outside;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  /** @returns the status of the answer */
  private async answer(request: IncomingMessage): Promise<number> {
    const body = (await json(request)) as { to: string } & Omit<Step, 'at'>;
    if (request.url === '/steps') {
      this.steps.push({ ...body, at: Date.now() });
      return 200;
    }
    if (this.isAway) return 503;
    if (body.to.startsWith(REFUSED_NUMBER)) return 400;
    this.take(body.to, String(request.headers['idempotency-key']));
    return 201;
  }

  private take(to: string, idempotencyKey: string): void {
    if (this.keys.has(idempotencyKey)) {
      this.repeatedSms++;
      return;
    }
    this.keys.add(idempotencyKey);
    const before = this.sms.get(to) ?? [];
    this.sms.set(to, [...before, { idempotencyKey, at: Date.now() }]);
  }
}
