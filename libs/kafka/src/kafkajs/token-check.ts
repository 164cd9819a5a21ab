import { TransportError } from '@tramline/core';
import type { Api } from '../protocol/api.js';
import { metadata } from '../protocol/api/cluster.js';

/**
 * kafkajs does not read what a broker answers to a token, and takes a refusal for consent; the broker then answers the next
 * request with an error, which for this one has no brokers in it.
 * @throws TransportError `TRAMLINE_REFUSED`
 */
export async function checkToken(
  broker: string,
  ask: <Request, Response>(api: Api<Request, Response>, request: Request) => Promise<Response>,
): Promise<void> {
  const { brokers } = await ask(metadata, { topics: [] });
  if (brokers.length > 0) return;
  throw new TransportError(
    'TRAMLINE_REFUSED',
    `Kafka at ${broker} does not let us in: it refuses the token. Check \`sasl\`: whether the token is expired, signed by the right issuer, and meant for this cluster.`,
  );
}
