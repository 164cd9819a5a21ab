import { resolve } from 'node:path';

/** What this process is told by its environment. Nothing else in this app reads `process.env`, but for Kafka's own `KAFKA_*`. */
export interface Settings {
  /** `HOST`: the address to listen on. Default: this machine only. */
  readonly host: string;
  /** `PORT`: 0 takes a free one. Default: 3003. */
  readonly port: number;
  /** `TRAMLINE_DATA`: the directory that the services of this machine share for the event log, and where each keeps its own file. */
  readonly data: string;
  /** `DATABASE_URL`: the PostgreSQL database that holds this service's tables. Default: none, they lie in a file of its own. */
  readonly databaseUrl: string | undefined;
  /** `TRAMLINE_TRANSPORT`: what carries the events, `embedded` (the default) or `kafka`. */
  readonly transport: 'embedded' | 'kafka';
  /** `TRAMLINE_NAMESPACE`: the prefix of every topic and group. Default: none. */
  readonly namespace: string | undefined;
}

/** @throws Error naming the variable, when one has a value that cannot be used. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const port = Number(env.PORT || 3003);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`PORT is "${env.PORT}": set it to a number from 0 to 65535`);
  }
  return {
    host: env.HOST || '127.0.0.1',
    port,
    data: resolve(env.TRAMLINE_DATA || '.tramline'),
    databaseUrl: readDatabaseUrl(env.DATABASE_URL || undefined),
    transport: readTransport(env.TRAMLINE_TRANSPORT || 'embedded'),
    namespace: env.TRAMLINE_NAMESPACE || undefined,
  };
}

function readTransport(name: string): Settings['transport'] {
  if (name === 'embedded' || name === 'kafka') return name;
  throw new Error(`TRAMLINE_TRANSPORT is "${name}": set it to embedded or kafka`);
}

function readDatabaseUrl(url: string | undefined): string | undefined {
  if (url === undefined || /^postgres(ql)?:\/\//.test(url)) return url;
  // It may hold a password, so it is not shown.
  throw new Error(
    'DATABASE_URL is no URL of PostgreSQL: set it to postgres://user:password@host:5432/database',
  );
}

export const settings = readSettings(process.env);
