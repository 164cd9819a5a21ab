import type { TransportProvider } from '@tramline/core/ops';
import { dirname } from 'node:path';
import type { Env } from '../env.js';
import { CliError, EXIT } from '../exit.js';
import { chooseTransport, isProvider } from './choose-transport.js';
import type { ContractsSource, OutboxSource, TramlineConfig } from './config.js';
import { findConfig } from './find.js';
import { importFile } from './import-file.js';
import { settingsOf, type ConnectionFlags, type Settings } from './settings.js';

/** What is known of the system that a command works on, from flags, variables and the file. */
export interface LoadedConfig {
  /** The file, when there is one. */
  readonly file: string | undefined;
  /** Where packages of the user's project are looked for. */
  readonly folder: string;
  readonly settings: Settings;
  readonly namespace: string | undefined;
  readonly outbox: OutboxSource | undefined;
  readonly contracts: ContractsSource | undefined;
  readonly app: TramlineConfig['app'];
  /** Configured, with nothing opened. @throws CliError | ConfigurationError */
  transport(options?: { readonly mayCreate?: boolean }): Promise<TransportProvider>;
}

const KNOWN: Record<keyof Required<TramlineConfig>, true> = {
  transport: true,
  namespace: true,
  outbox: true,
  contracts: true,
  app: true,
};

/** @throws CliError with every fault of the file */
export async function loadConfig(env: Env, flags: ConnectionFlags): Promise<LoadedConfig> {
  const settings = settingsOf(flags, env.variables);
  const file = findConfig(env.cwd, settings.config);
  const config = file === undefined ? {} : checked(await importFile(file), file);
  const folder = file === undefined ? env.cwd : dirname(file);
  return {
    file,
    folder,
    settings,
    namespace: (settings.namespace ?? config.namespace) || undefined,
    outbox: madeOnce(config.outbox),
    contracts: config.contracts,
    app: config.app,
    transport: ({ mayCreate = false } = {}) =>
      chooseTransport({ settings, cwd: env.cwd, configured: config.transport, mayCreate }),
  };
}

/** However many commands of one run ask for it: each would open a database of its own. */
function madeOnce(outbox: OutboxSource | undefined): OutboxSource | undefined {
  if (typeof outbox !== 'function') return outbox;
  let made: ReturnType<typeof outbox> | undefined;
  return () => (made ??= outbox());
}

function checked(value: unknown, file: string): TramlineConfig {
  if (typeof value !== 'object' || value === null)
    throw faulty(file, ['it has no default export. Write: export default defineConfig({ … })']);
  const config = value as Record<keyof TramlineConfig, unknown>;
  const faults = Object.keys(config)
    .filter((name) => !Object.hasOwn(KNOWN, name))
    .map((name) => `unknown option '${name}'. Known: ${Object.keys(KNOWN).join(', ')}.`);
  const expect = (holds: boolean, fault: string) => void (holds || faults.push(fault));
  const { transport, namespace, outbox, contracts, app = [] } = config;
  expect(
    transport === undefined || isProvider(transport),
    'transport is none. Give one, such as kafka({ brokers }).',
  );
  expect(namespace === undefined || typeof namespace === 'string', 'namespace is no text.');
  expect(
    outbox === undefined || isProvider(outbox) || typeof outbox === 'function',
    'outbox is none. Give one, such as pg(pool), or a function that answers it.',
  );
  expect(
    contracts === undefined || Array.isArray(contracts) || typeof contracts === 'function',
    'contracts is neither a list of events nor a function that answers one.',
  );
  expect(
    [app].flat().every((one) => typeof one === 'function'),
    "app is no function. Write: app: async () => (await import('./dist/app.module.js')).AppModule",
  );
  if (faults.length > 0) throw faulty(file, faults);
  return value;
}

function faulty(file: string, faults: readonly string[]): CliError {
  return new CliError('TRAMLINE_CONFIG_FILE', `${file} cannot be used.`, EXIT.usage, { faults });
}
