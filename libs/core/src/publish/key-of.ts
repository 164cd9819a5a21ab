import type { Contract } from '../contract/contract.js';
import { PayloadError } from '../contract/payload-error.js';
import { asError } from '../errors.js';

/** The key of a payload by its contract, as text; null for no order. @throws PayloadError */
export function keyOf({ type, key }: Contract, payload: unknown): string | null {
  if (key === null) return null;
  if (typeof payload !== 'object' || payload === null) {
    throw new PayloadError(type, [
      { path: '', message: `${payload === null ? 'null' : typeof payload} is no object, so it has no key` },
    ]);
  }
  const value =
    typeof key === 'string' ? (payload as Record<string, unknown>)[key] : called(type, key, payload);
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (value === null && typeof key === 'function') return null;
  const path = typeof key === 'string' ? key : '';
  const what = path ? 'keys the event' : 'is what the key function returned';
  throw new PayloadError(type, [
    {
      path,
      message: `${value === undefined ? 'is missing, but it' : `${value === null ? 'null' : typeof value}`} ${what}; give a text or a number, or let the contract say key: null`,
    },
  ]);
}

function called(type: string, key: Exclude<Contract['key'], string | null>, payload: object): unknown {
  try {
    return key(payload);
  } catch (thrown) {
    const cause = asError(thrown);
    throw new PayloadError(
      type,
      [{ path: '', message: `the key function of the contract threw: ${cause.message}` }],
      { cause },
    );
  }
}
