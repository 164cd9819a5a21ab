import type { Contract, ServiceDescription } from '@tramline/core/ops';
import type { AppSource } from '../config/config.js';
import { requirePackage, importPackage } from '../config/import-package.js';
import type { LoadedConfig } from '../config/load.js';
import { CliError, EXIT } from '../exit.js';

/** What we use of `@tramline/nest`, which is imported from the user's project. */
interface NestTools {
  describeApplication(root: object): Promise<ServiceDescription>;
  payloadSchemas(): Promise<PayloadSchemas>;
}

/** A JSON Schema of what events of a contract carry; undefined where nothing is known. */
export type PayloadSchemas = (contract: Contract) => Readonly<Record<string, unknown>> | undefined;

/** A `Tramline` made without Nest, as far as we use it. By its shape: the project may have its own copy of the package. */
interface Describable {
  describe(): ServiceDescription;
  close(): Promise<void>;
}

/**
 * The applications of the configuration, built and described, one after the other; none is started.
 * @throws CliError that names the application which cannot be built
 */
export async function describeServices(config: LoadedConfig): Promise<readonly ServiceDescription[]> {
  const services: ServiceDescription[] = [];
  for (const [index, source] of sourcesOf(config).entries()) {
    try {
      services.push(await describeOne(await source(), config));
    } catch (cause) {
      if (cause instanceof CliError) throw cause;
      const { message, faults } = cause as { message: string; faults?: readonly string[] };
      throw new CliError(
        'TRAMLINE_APP',
        `Application ${index + 1} of ${config.file} cannot be built: ${message}`,
        EXIT.usage,
        { cause, faults: faults ?? [] },
      );
    }
  }
  return services;
}

/** How payloads of contracts look. Without `@tramline/nest` nothing is known of classes. */
export async function payloadSchemasOf({ folder }: LoadedConfig): Promise<PayloadSchemas> {
  const nest = (await importPackage('@tramline/nest', folder)) as NestTools | undefined;
  return (await nest?.payloadSchemas()) ?? (() => undefined);
}

const sourcesOf = ({ app = [] }: LoadedConfig): readonly AppSource[] =>
  typeof app === 'function' ? [app] : app;

async function describeOne(made: object, { folder }: LoadedConfig): Promise<ServiceDescription> {
  if (isDescribable(made)) {
    try {
      return made.describe();
    } finally {
      await made.close();
    }
  }
  const nest = (await requirePackage(
    '@tramline/nest',
    folder,
    'Building an application of Nest',
  )) as NestTools;
  return nest.describeApplication(made);
}

function isDescribable(value: object): value is Describable {
  return 'describe' in value && 'close' in value && typeof value.describe === 'function';
}
