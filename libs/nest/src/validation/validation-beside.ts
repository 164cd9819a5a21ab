import type { Validation } from '@tramline/core';
import { ClassValidation } from './class-validation.js';
import { loadOptionalPeers } from './optional-peers.js';

// In a file of its own, so that the types of the entry point do without those of the optional peers.

/**
 * How an application of Nest checks payloads, for who publishes or reads beside it: contract classes by class-validator and
 * class-transformer, as far as they are installed, and all others as core does.
 */
export async function classValidation(): Promise<Validation> {
  return new ClassValidation(await loadOptionalPeers());
}
