import { TransportError } from '@tramline/core';
import type { KafkaSettings } from '../config/settings.js';

/** Codes with which TLS fails for reasons that somebody has to mend. */
const CERTIFICATE = /CERT|SELF_SIGNED|VERIFY|ALTNAME|^ERR_SSL|^ERR_TLS|^EPROTO/;

/** Let in, and shown out at the first word: as a broker does that wants credentials. Or it ended just then. */
export class ShownOutError extends TransportError {}

/** Why a connection could not be made: somebody has to mend it, or it may work later. Never shows a secret. */
export function connectFailure(error: Error, broker: string, settings: KafkaSettings): TransportError {
  if (error instanceof TransportError && error.code === 'TRAMLINE_REFUSED') return error;
  const refused = refusal(error, broker, settings);
  if (refused) return refused;
  const said = redact(error.message, settings);
  const hint = /closed/i.test(said)
    ? ` Does this port ${settings.ssl ? 'speak' : 'want'} TLS (\`ssl\`)?`
    : '';
  return new TransportError('TRAMLINE_AWAY', `Kafka at ${broker} cannot be reached: ${said}.${hint}`);
}

/** What broke a request. It may have been carried out. */
export function requestFailure(
  error: Error,
  broker: string,
  request: string,
  heardBefore: boolean,
  settings: KafkaSettings,
): TransportError {
  if (error instanceof TransportError) return error;
  const refused = refusal(error, broker, settings);
  if (refused) return refused;
  const said = redact(error.message, settings);
  const message = `${request} to Kafka at ${broker} failed: ${said}.`;
  if (heardBefore || settings.sasl || error.name !== 'KafkaJSConnectionClosedError') {
    return new TransportError('TRAMLINE_AWAY', message, { outcome: 'unknown' });
  }
  return new ShownOutError('TRAMLINE_AWAY', `${message} Does this port want credentials (\`sasl\`)?`, {
    outcome: 'not-written',
  });
}

function refusal(error: Error, broker: string, settings: KafkaSettings): TransportError | undefined {
  const { name, code, type } = error as Error & { code?: unknown; type?: unknown };
  const said = redact(error.message, settings);
  const refused = (fix: string) =>
    new TransportError('TRAMLINE_REFUSED', `Kafka at ${broker} does not let us in: ${said}. ${fix}`);
  if (name === 'KafkaJSSASLAuthenticationError') return refused('Check the credentials in `sasl`.');
  if (type === 'UNSUPPORTED_SASL_MECHANISM' || type === 'ILLEGAL_SASL_STATE') {
    return refused('Give a mechanism in `sasl` that this listener of the broker offers.');
  }
  if (typeof code === 'string' && CERTIFICATE.test(code)) {
    return refused(
      'Check `ssl`: the authority in `ca`, our `cert` and `key`, and whether this port speaks TLS.',
    );
  }
  return undefined;
}

function redact(text: string, { sasl }: KafkaSettings): string {
  const secret = sasl && 'password' in sasl ? sasl.password : '';
  return (secret ? text.replaceAll(secret, '***') : text).replace(/\.$/, '');
}
