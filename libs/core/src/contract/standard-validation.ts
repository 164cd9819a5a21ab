import type { StandardSchemaV1 } from '@standard-schema/spec';
import { ConfigurationError } from '../errors.js';
import type { Contract } from './contract.js';
import { PayloadError } from './payload-error.js';
import type { Validation } from './validation.js';

/**
 * Validation by the contract's Standard Schema; without one every payload is taken as it is. What a schema makes of a
 * payload (defaults, unknown properties dropped) is what is sent, and again what is handled, so a schema must accept its
 * own output. Classes are filled without calling their constructor, which may ask for arguments that nobody has.
 */
export class StandardValidation implements Validation {
  outgoing(contract: Contract, payload: unknown): unknown {
    // Instances stay as they are: the codec takes own enumerable properties, which is what "plain" means here.
    return contract.schema ? validate(contract, contract.schema, payload) : payload;
  }

  incoming(contract: Contract, payload: unknown): unknown {
    const value = contract.schema ? validate(contract, contract.schema, payload) : payload;
    const { target } = contract;
    if (!target) return value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new PayloadError(contract.type, [
        { path: '', message: `expected an object for class ${target.name}` },
      ]);
    }
    if (value instanceof target) return value;
    try {
      return Object.assign(Object.create(target.prototype as object) as object, value);
    } catch (error) {
      const message = `cannot be made a ${target.name}: ${(error as Error).message}. A property that the class only has a getter for must not be in the payload`;
      throw new PayloadError(contract.type, [{ path: '', message }], { cause: error });
    }
  }
}

function validate(contract: Contract, schema: StandardSchemaV1, payload: unknown): unknown {
  const result = schema['~standard'].validate(payload);
  if (result instanceof Promise) {
    // Waiting here would let later calls of `publish` overtake this one, and cost every event a turn of the event loop.
    result.catch(() => undefined);
    throw new ConfigurationError([
      `The schema of '${contract.type}' validates asynchronously. Take what waits (look-ups, async refinements) out of it; the publisher or the handler is the place for that.`,
    ]);
  }
  if (!result.issues) return result.value;
  throw new PayloadError(
    contract.type,
    result.issues.map(({ path, message }) => ({ path: pathText(path), message })),
  );
}

function pathText(path: StandardSchemaV1.Issue['path']): string {
  return (path ?? []).map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.');
}
