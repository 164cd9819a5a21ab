import { resolve } from 'node:path';

/** What this process is told by its environment. Nothing else in this app reads `process.env`, but for Kafka's own `KAFKA_*`. */
export interface Settings {
  /** `HOST`: the address to listen on. Default: this machine only. */
  readonly host: string;
  /** `PORT`: 0 takes a free one. Default: 3002. */
  readonly port: number;
  /** `TRAMLINE_DATA`: the directory that the services of this machine share for the event log, and where each keeps its own file. */
  readonly data: string;
  /** `TRAMLINE_TRANSPORT`: what carries the events, `embedded` (the default) or `kafka`. */
  readonly transport: 'embedded' | 'kafka';
  /** `TRAMLINE_NAMESPACE`: the prefix of every topic and group. Default: none. */
  readonly namespace: string | undefined;
  /** `SMTP_URL`: the mail server, like `smtps://user:password@mail.example.com`. Default: a development mailbox in this process. */
  readonly smtpUrl: string | undefined;
}

/** @throws Error naming the variable, when one has a value that cannot be used. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const port = Number(env.PORT || 3002);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`PORT is "${env.PORT}": set it to a number from 0 to 65535`);
  }
  const smtpUrl = env.SMTP_URL || undefined;
  if (smtpUrl && !/^smtps?:$/.test(URL.parse(smtpUrl)?.protocol ?? '')) {
    // The value is not shown: it may hold a password.
    throw new Error(
      'SMTP_URL cannot be used: set it to an address like smtps://user:password@mail.example.com',
    );
  }
  return {
    host: env.HOST || '127.0.0.1',
    port,
    data: resolve(env.TRAMLINE_DATA || '.tramline'),
    transport: readTransport(env.TRAMLINE_TRANSPORT || 'embedded'),
    namespace: env.TRAMLINE_NAMESPACE || undefined,
    smtpUrl,
  };
}

function readTransport(name: string): Settings['transport'] {
  if (name === 'embedded' || name === 'kafka') return name;
  throw new Error(`TRAMLINE_TRANSPORT is "${name}": set it to embedded or kafka`);
}

export const settings = readSettings(process.env);
