import type { PayloadFault } from '../contract/payload-error.js';

/** Deeper payloads would overflow the stack of this check, of JSON.stringify, or of whoever reads them. */
const DEEPEST = 500;

/** The way from the payload down to a value: what a path is made of when there is something to tell. */
interface Level {
  readonly value: object;
  readonly name: string | number;
  readonly parent: Level | undefined;
  readonly depth: number;
}

/**
 * Everything in `payload` that JSON.stringify would drop, change or refuse: bigint, symbol, function, NaN and Infinity,
 * invalid dates, undefined as the payload or in an array, Map, Set and other objects whose content is not in properties,
 * bytes, cycles. Properties that are undefined are left out, as everywhere in JavaScript; what has `toJSON` says itself
 * how it travels. undefined when there is nothing to tell, which is the path that must be quick.
 */
export function jsonFaults(payload: unknown): PayloadFault[] | undefined {
  const faults: PayloadFault[] = [];
  if (payload === undefined) return [{ path: '', message: 'undefined is not a payload; give an object' }];
  walk(payload, '', undefined, faults);
  return faults.length > 0 ? faults : undefined;
}

function walk(
  value: unknown,
  name: string | number,
  parent: Level | undefined,
  faults: PayloadFault[],
): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (!Number.isFinite(value))
        tell(faults, parent, name, `${value} would become null; send a number, or null`);
      return;
    case 'object':
      if (value !== null) walkObject(value, name, parent, faults);
      return;
    case 'bigint':
      return tell(faults, parent, name, 'a bigint has no JSON form; send it as a string');
    case 'undefined':
      return tell(faults, parent, name, 'undefined would become null; send null or leave it out');
    case 'function':
    case 'symbol':
      return tell(faults, parent, name, `a ${typeof value} would be dropped; leave it out`);
  }
}

function walkObject(
  value: object,
  name: string | number,
  parent: Level | undefined,
  faults: PayloadFault[],
): void {
  const depth = (parent?.depth ?? 0) + 1;
  if (depth > DEEPEST) return tell(faults, parent, name, `nested deeper than ${DEEPEST} levels`);
  for (let above = parent; above; above = above.parent) {
    if (above.value === value) return tell(faults, parent, name, 'refers back to an object that contains it');
  }
  const level: Level = { value, name, parent, depth };
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) walk(value[index], index, level, faults);
    return;
  }
  const lost = lostContent(value);
  if (lost) return tell(faults, parent, name, lost);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') {
    const made: unknown =
      value instanceof Date ? null : (toJSON as (name: string) => unknown).call(value, String(name));
    if (made !== value) {
      if (made !== undefined) walk(made, name, parent, faults);
      return;
    }
  }
  for (const property of Object.keys(value)) {
    const content = (value as Record<string, unknown>)[property];
    if (property === '__proto__')
      tell(faults, level, property, 'a property of this name would be dropped by readers');
    else if (content !== undefined) walk(content, property, level, faults);
  }
}

/** Why an object's content would not be in its JSON, for the kinds whose content is not in properties. */
function lostContent(value: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'is an invalid date' : undefined;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    return 'bytes have no JSON form; send them as a base64 string';
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return undefined;
  if (value instanceof Map)
    return 'a Map would become {}; send Object.fromEntries(map) or an array of entries';
  if (value instanceof Set) return 'a Set would become {}; send [...set]';
  if (value instanceof Error) return 'an Error would become {}; send its message';
  if (value instanceof RegExp) return 'a RegExp would become {}; send its source';
  if (value instanceof Promise) return 'a Promise would become {}; await it before publishing';
  if (value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef) {
    return 'a weak reference would become {}; leave it out';
  }
  return undefined;
}

function tell(
  faults: PayloadFault[],
  parent: Level | undefined,
  name: string | number,
  message: string,
): void {
  const path: (string | number)[] = [];
  // The root has no name, and neither has its level.
  if (parent) path.push(name);
  for (let level = parent; level?.parent; level = level.parent) path.unshift(level.name);
  faults.push({ path: path.join('.'), message });
}
