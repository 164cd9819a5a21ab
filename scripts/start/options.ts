import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What `npm start` was asked to do. */
export interface StartOptions {
  /** The port of the first service; the others follow it. */
  readonly ports: number;
  /** Where log and databases lie. */
  readonly data: string;
  /** The names of the services to start; all when empty. */
  readonly only: readonly string[];
  /** Rebuild and restart when a source file changes. */
  readonly watch: boolean;
  /** What carries the events. */
  readonly transport: Transport;
}

/** `own`: a broker that we start and stop; else the addresses of one that runs, as `KAFKA_BROKERS` has them. */
export type Transport =
  { readonly name: 'embedded' } | { readonly name: 'kafka'; readonly brokers: string | 'own' };

/** The command line cannot be understood; the message says what is wrong with it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `Starts the sample system: builds what changed, runs every service, stops them all on Ctrl-C.

  npm start -- [options]

  --ports <n>     the first service listens on port n, the others on those after it (default 3000)
  --data <dir>    keeps the event log and the databases here (default .tramline)
  --only <name>   starts this service alone, beside others that run already; may be repeated, or a list: sms,email
  --watch         builds and restarts when a source file changes (npm run dev)
  --help          shows this

  --transport <name>  what carries the events: embedded (default) or kafka
  --brokers <list>    Kafka's brokers, host:port,host:port (default KAFKA_BROKERS, else 127.0.0.1:9092)
  --with-broker       starts a Kafka for this run, with Java and Maven or with Docker, and stops it at the end;
                      what it holds is thrown away
`;

/** @throws UsageError */
export function parseOptions(
  args: readonly string[],
  names: readonly string[],
  env: NodeJS.ProcessEnv = {},
): StartOptions | 'help' {
  const { ports, data, only, watch, help, ...carrier } = parse(args);
  if (help) return 'help';
  return {
    ports: firstPort(ports, names.length),
    data: directory(data),
    only: only.flatMap((list) => serviceNames(list, names)),
    watch,
    transport: transport(carrier, env),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        ports: { type: 'string', default: '3000' },
        data: { type: 'string', default: '.tramline' },
        only: { type: 'string', multiple: true, default: [] },
        watch: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        transport: { type: 'string', default: 'embedded' },
        brokers: { type: 'string' },
        'with-broker': { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function firstPort(value: string, count: number): number {
  const highest = 65_536 - count;
  const port = /^\d+$/.test(value) ? Number(value) : NaN;
  if (port >= 1 && port <= highest) return port;
  throw new UsageError(
    `--ports is "${value}": give the first of ${count} ports, a number from 1 to ${highest}`,
  );
}

function directory(value: string): string {
  if (value.trim() === '') throw new UsageError('--data is empty: give a directory');
  return resolve(value);
}

function transport(
  {
    transport: name,
    brokers,
    'with-broker': own,
  }: Pick<ReturnType<typeof parse>, 'transport' | 'brokers' | 'with-broker'>,
  env: NodeJS.ProcessEnv,
): Transport {
  if (name !== 'embedded' && name !== 'kafka')
    throw new UsageError(`--transport is "${name}": choose from embedded, kafka`);
  if (name === 'embedded') {
    const misplaced = own ? '--with-broker' : brokers !== undefined && '--brokers';
    if (misplaced) throw new UsageError(`${misplaced} is for Kafka: add --transport kafka`);
    return { name };
  }
  if (own && brokers !== undefined)
    throw new UsageError('--brokers names a Kafka that runs, --with-broker starts one: give one of them');
  return { name, brokers: own ? 'own' : addresses(brokers ?? (env.KAFKA_BROKERS || '127.0.0.1:9092')) };
}

function addresses(list: string): string {
  for (const address of list.split(',')) {
    const port = Number(/^(?:\[[\da-fA-F:.]+\]|[^\s:/@]+):(\d+)$/.exec(address.trim())?.[1]);
    if (!(port >= 1 && port <= 65_535))
      throw new UsageError(`--brokers has "${address}": give host:port, or several separated by commas`);
  }
  return list;
}

function serviceNames(list: string, names: readonly string[]): string[] {
  return list.split(',').map((part) => {
    const name = part.trim();
    if (!names.includes(name))
      throw new UsageError(`--only "${name}": there is no such service, choose from ${names.join(', ')}`);
    return name;
  });
}
