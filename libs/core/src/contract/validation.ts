import type { Contract } from './contract.js';

/**
 * Checks and converts payloads at the border of the bus. The default knows Standard Schema; `@tramline/nest` adds
 * class-validator and class-transformer.
 */
export interface Validation {
  /**
   * What to encode for a payload given by a publisher: checked against the contract, class instances made plain.
   * @throws PayloadError listing every fault
   */
  outgoing(contract: Contract, payload: unknown): unknown;
  /** What a handler gets for a decoded payload: checked, an instance of the contract's class where it has one. @throws PayloadError */
  incoming(contract: Contract, payload: unknown): unknown;
}
