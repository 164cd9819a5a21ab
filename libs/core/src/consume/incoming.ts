import type { Contract } from '../contract/contract.js';
import type { Validation } from '../contract/validation.js';
import type { Codec } from '../envelope/codec.js';
import type { Envelope } from '../envelope/envelope.js';
import { PayloadError } from '../contract/payload-error.js';
import { asError } from '../errors.js';
import type { History } from '../failure/failed-event.js';
import type { StoredRecord } from '../transport/records.js';
import type { Entry } from './progress.js';

/** A record that was taken in, on its way to handlers. */
export interface Incoming {
  readonly record: StoredRecord;
  readonly envelope: Envelope;
  readonly history: History;
  readonly entry: Entry;
  /** What the codec made of the value at intake; taken by the first attempt. */
  decoded: { readonly value: unknown } | undefined;
}

/** Makes what a handler gets of a record. */
export class PayloadReader {
  constructor(
    private readonly codec: Codec,
    private readonly validation: Validation,
  ) {}

  /** @throws PayloadError whatever the codec throws */
  decode(type: string, value: Uint8Array | null): unknown {
    if (value === null) {
      throw new PayloadError(type, [
        {
          path: '',
          message: 'the record has no value (a tombstone), which only handlers with `tombstones: true` get',
        },
      ]);
    }
    try {
      return this.codec.decode(value, type);
    } catch (thrown) {
      const error = asError(thrown);
      if (error instanceof PayloadError) throw error;
      throw new PayloadError(type, [{ path: '', message: error.message }], { cause: error });
    }
  }

  /**
   * The payload for one attempt; null for a tombstone where these are asked for. Every attempt gets an object of its own: what a handler changes in it is seen by nobody else.
   * @throws PayloadError
   */
  read(incoming: Incoming, contract: Contract, tombstones: boolean): unknown {
    if (tombstones && incoming.record.value === null) return null;
    const decoded = incoming.decoded ?? { value: this.decode(incoming.envelope.type, incoming.record.value) };
    incoming.decoded = undefined;
    return this.validation.incoming(contract, decoded.value);
  }
}
