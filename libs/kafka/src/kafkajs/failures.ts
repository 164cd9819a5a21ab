import { TransportError } from '@tramline/core';
import type { KafkaSettings } from '../config/settings.js';

const CERTIFICATE = /CERT|SELF_SIGNED|VERIFY|ALTNAME|^ERR_SSL|^ERR_TLS|^EPROTO/;

/** Why a connection could not be made: somebody has to mend it, or it may work later. Never shows a secret. */
export function connectFailure(error: Error, broker: string, settings: KafkaSettings): TransportError {
  if (error instanceof TransportError && error.code === 'TRAMLINE_REFUSED') return error;
  const { name, code, type } = error as Error & { code?: unknown; type?: unknown };
  const said = redact(error.message, settings);
  const refused = (fix: string) =>
    new TransportError('TRAMLINE_REFUSED', `Kafka at ${broker} does not let us in: ${said}. ${fix}`);
  if (name === 'KafkaJSSASLAuthenticationError')
    return refused('Check mechanism, username and password of `sasl`.');
  if (type === 'UNSUPPORTED_SASL_MECHANISM' || type === 'ILLEGAL_SASL_STATE') {
    return refused('Use a mechanism of `sasl` that this listener of the broker offers.');
  }
  if (typeof code === 'string' && CERTIFICATE.test(code)) {
    return refused(
      'Check `ssl`: the authority in `ca`, our `cert` and `key`, and whether this port speaks TLS.',
    );
  }
  const hints = [
    settings.ssl ? 'speak TLS' : 'want TLS (`ssl`)',
    ...(settings.sasl ? [] : ['want credentials (`sasl`)']),
  ];
  const hint = /closed/i.test(said) ? ` Does this port ${hints.join(', or ')}?` : '';
  return new TransportError('TRAMLINE_AWAY', `Kafka at ${broker} cannot be reached: ${said}.${hint}`);
}

/** What broke a request. It may have been carried out. */
export function requestFailure(error: Error, broker: string, request: string): TransportError {
  if (error instanceof TransportError) return error;
  const { message, name, type } = error as Error & { type?: unknown };
  if (name === 'KafkaJSSASLAuthenticationError' || type === 'ILLEGAL_SASL_STATE') {
    return new TransportError(
      'TRAMLINE_REFUSED',
      `Kafka at ${broker} ended our session: ${message}. Check \`sasl\`.`,
      { outcome: 'not-written' },
    );
  }
  return new TransportError('TRAMLINE_AWAY', `${request} to Kafka at ${broker} failed: ${message}.`, {
    outcome: 'unknown',
  });
}

function redact(text: string, { sasl }: KafkaSettings): string {
  const secret = sasl && 'password' in sasl ? sasl.password : '';
  return (secret ? text.replaceAll(secret, '***') : text).replace(/\.$/, '');
}
