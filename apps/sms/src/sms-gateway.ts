import { Injectable } from '@nestjs/common';

/** Gives the address of the gateway; waits until there is one. */
export type GatewayAddress = () => Promise<string>;

/** The gateway did not take the message now: it may later. */
export class GatewayAwayError extends Error {
  override readonly name = 'GatewayAwayError';
}

/** The gateway will never take this message. */
export class MessageRefusedError extends Error {
  override readonly name = 'MessageRefusedError';

  constructor(
    readonly status: number,
    answer: string,
  ) {
    super(`The SMS gateway refuses this message (${status}): ${answer.slice(0, 500)}`);
  }
}

/** The provider who sends our text messages, spoken to over HTTP. */
@Injectable()
export class SmsGateway {
  constructor(private readonly address: GatewayAddress) {}

  /**
   * Resolves when the gateway has the message. Sent again under the same key it is the same message: the gateway
   * recognises the key, so a try whose answer was lost does no harm.
   *
   * @throws GatewayAwayError | MessageRefusedError
   */
  async send(
    to: string,
    text: string,
    options: { idempotencyKey: string; signal: AbortSignal },
  ): Promise<void> {
    const address = await this.address();
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': options.idempotencyKey },
      body: JSON.stringify({ to, text }),
      signal: options.signal,
    }).catch((cause: unknown) => {
      throw new GatewayAwayError(`The SMS gateway at ${address} cannot be reached`, { cause });
    });
    const answer = await response.text();
    if (response.ok) return;
    if (isPassing(response.status))
      throw new GatewayAwayError(`The SMS gateway answers ${response.status}: ${answer.slice(0, 500)}`);
    throw new MessageRefusedError(response.status, answer);
  }
}

/** Faults of the server, and "not so fast", pass; the other refusals are about the message itself. */
function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}
