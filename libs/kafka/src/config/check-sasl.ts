import type { SaslOptions } from './options.js';

const WITH_PASSWORD = ['plain', 'scram-sha-256', 'scram-sha-512'];

/** Faults go to `expect`. They name fields, never their values: any of them may be the secret. */
export function checkSasl(
  sasl: SaslOptions | undefined,
  expect: (holds: boolean, fault: string) => void,
): SaslOptions | undefined {
  if (sasl === undefined) return undefined;
  const { mechanism, username, password, token } = sasl as Partial<Record<string, unknown>>;
  if (mechanism === 'oauthbearer') {
    expect(
      typeof token === 'function',
      'sasl.token is no function. Give one that answers a token, for oauthbearer.',
    );
    return sasl;
  }
  expect(
    WITH_PASSWORD.includes(mechanism as string),
    `sasl.mechanism is none of ${WITH_PASSWORD.join(', ')}, oauthbearer. Write it in lower case.`,
  );
  const isGiven = (value: unknown) => typeof value === 'string' && value !== '';
  expect(isGiven(username), 'sasl.username is missing. Give a name.');
  expect(isGiven(password), 'sasl.password is missing. Give a text that is not empty.');
  return sasl;
}
