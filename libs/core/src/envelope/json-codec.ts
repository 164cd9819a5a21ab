import { PayloadError } from '../contract/payload-error.js';
import type { Codec } from './codec.js';
import { jsonFaults } from './json-faults.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });
/** An escape that could spell part of `__proto__`. */
const PROTO_ESCAPE = /\\u00(?:5[fF]|70|72|6[fF]|74)/;

/**
 * JSON, refusing on the way out whatever it would lose without a word (see {@link jsonFaults}). On the way in a property
 * named `__proto__` is dropped at any depth, because the first library that copies it would change a prototype.
 */
export const jsonCodec: Codec = {
  contentType: 'application/json',

  encode(payload, type) {
    const faults = jsonFaults(payload);
    if (faults) throw new PayloadError(type, faults);
    return Buffer.from(JSON.stringify(payload), 'utf8');
  },

  decode(bytes, type) {
    if (bytes.byteLength === 0)
      throw new PayloadError(type, [{ path: '', message: 'the value is empty, not JSON' }]);
    try {
      const text = utf8.decode(bytes);
      return maySpellProto(text)
        ? JSON.parse(text, (name, value: unknown) => (name === '__proto__' ? undefined : value))
        : JSON.parse(text);
    } catch (error) {
      const message = `the value is not JSON in UTF-8 (${(error as Error).message})`;
      throw new PayloadError(type, [{ path: '', message }], { cause: error });
    }
  },
};

/** Looks for plain text first: one expression for all of it would cost as much as parsing (measured). */
function maySpellProto(text: string): boolean {
  return text.includes('__proto__') || (text.includes('\\u00') && PROTO_ESCAPE.test(text));
}
