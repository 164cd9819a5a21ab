import type { TransportProvider } from '@tramline/core';
import { checkOptions, type EmbeddedOptions } from './options.js';
import { EmbeddedTransport } from './transport.js';

/**
 * A durable log in one directory, shared by all processes of this machine that name the same one. For development, tests
 * and services that live on a single machine.
 * @throws ConfigurationError when options are wrong, or this Node has no `node:sqlite`
 */
export function embedded(options: EmbeddedOptions): TransportProvider {
  const { settings, defaults } = checkOptions(options);
  return { name: 'embedded', open: (environment) => new EmbeddedTransport(settings, defaults, environment) };
}
