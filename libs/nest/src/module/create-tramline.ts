import type { ModulesContainer } from '@nestjs/core';
import { ConfigurationError, Tramline, type TramlineOptions } from '@tramline/core';
import type { ClassValidation } from '../validation/class-validation.js';
import { knownOptions, optionFaults, type TramlineModuleOptions } from './options.js';
import type { NestLog } from './nest-log.js';
import { onlyModuleWith } from './single-module.js';
import type { TramlineFactory } from './tramline-factory.js';

/**
 * The application's bus, with nothing opened and no handlers yet: what publishes may do so from the first moment.
 * @throws ConfigurationError with all faults of the options
 */
export async function createTramline(
  modules: ModulesContainer,
  validation: ClassValidation,
  log: NestLog,
  factory: TramlineFactory,
  options: TramlineModuleOptions | undefined,
): Promise<Tramline> {
  onlyModuleWith(modules, Tramline);
  if (!options) {
    throw new ConfigurationError([
      'TramlineModule is imported without options. Import TramlineModule.forRoot({ service, transport }) or forRootAsync in the root module.',
    ]);
  }
  const faults = optionFaults(options);
  const tramline = make(
    factory,
    { ...coreOptions(options), validation: options.validation ?? validation, log },
    faults,
  );
  if (tramline && faults.length === 0) return tramline;
  await tramline?.close();
  throw new ConfigurationError(faults);
}

/** The bus, or its faults behind those given. */
function make(factory: TramlineFactory, options: TramlineOptions, faults: string[]): Tramline | undefined {
  try {
    return factory.create(options);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    faults.push(...error.faults);
    return undefined;
  }
}

/** Core's options from the module's; unknown ones were told by then, and need not be told again. */
function coreOptions(options: TramlineModuleOptions): TramlineOptions {
  const { handlers: overrides, globalEnhancers: _, ...others } = knownOptions(options);
  return { ...others, ...(overrides ? { overrides } : {}) };
}
