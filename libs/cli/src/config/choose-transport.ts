import type { TransportProvider } from '@tramline/core/ops';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';
import { CliError, EXIT, usageError } from '../exit.js';
import { defaultOf } from './import-file.js';
import { requirePackage } from './import-package.js';
import type { Settings } from './settings.js';

/** Where services keep what is shared when nobody says otherwise. */
const DATA = '.tramline';

export interface TransportChoice {
  readonly settings: Settings;
  readonly cwd: string;
  /** Of the file, when there is one. */
  readonly configured: TransportProvider | undefined;
  /** The log of the embedded transport is made when it is missing; else that is taken for a slip. */
  readonly mayCreate: boolean;
}

/** Flag, variable, file, default: the first that says it. @throws CliError | ConfigurationError */
export async function chooseTransport(choice: TransportChoice): Promise<TransportProvider> {
  const { settings, configured, cwd } = choice;
  if (settings.transport === undefined) return configured ?? embedded(choice);
  if (settings.transport === 'kafka') return kafka(settings, cwd);
  if (settings.transport === 'embedded') return embedded(choice);
  return fromModule(settings.transport, cwd);
}

/** Credentials and TLS come from `KAFKA_*` variables, as the transport itself reads them. */
async function kafka({ brokers }: Settings, cwd: string): Promise<TransportProvider> {
  const module = (await requirePackage('@tramline/kafka', cwd, '--transport kafka')) as {
    kafka: { fromEnv(more?: { readonly brokers: string }): TransportProvider };
  };
  return module.kafka.fromEnv(brokers === undefined ? undefined : { brokers });
}

async function embedded({ settings, cwd, mayCreate }: TransportChoice): Promise<TransportProvider> {
  const directory = join(resolve(cwd, settings.data ?? DATA), 'log');
  if (!mayCreate && !existsSync(directory)) {
    const asked = settings.data !== undefined || settings.transport !== undefined;
    throw new CliError(
      'TRAMLINE_NO_LOG',
      asked
        ? `There is no log in ${directory}. Name the directory of the services with --data (or TRAMLINE_DATA); services that run once make it.`
        : `Nothing says which system this is about: no transport is configured, and there is no log in ${directory}. Give --brokers, --data, or a tramline.config.ts with a transport.`,
      EXIT.usage,
    );
  }
  const module = (await requirePackage('@tramline/embedded', cwd, '--transport embedded')) as {
    embedded(options: { readonly directory: string }): TransportProvider;
  };
  return module.embedded({ directory });
}

async function fromModule(specifier: string, cwd: string): Promise<TransportProvider> {
  let made: unknown;
  try {
    const file = createRequire(join(cwd, 'package.json')).resolve(specifier);
    made = defaultOf(await import(pathToFileURL(file).href));
    if (typeof made === 'function') made = await (made as () => unknown)();
  } catch (cause) {
    throw usageError(
      `--transport ${specifier} is neither kafka nor embedded, and no module that can be loaded: ${(cause as Error).message.split('\n')[0]}`,
    );
  }
  if (isProvider(made)) return made;
  throw usageError(
    `--transport ${specifier}: its default export is no transport. Export one, such as kafka({ brokers }), or a function that makes it.`,
  );
}

export function isProvider(value: unknown): value is TransportProvider {
  return typeof (value as Partial<TransportProvider> | null)?.open === 'function';
}
