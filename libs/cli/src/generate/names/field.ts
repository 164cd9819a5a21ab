import { usageFault } from '../faults.js';

/** A property of an event. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly optional: boolean;
}

export type FieldType = keyof typeof FIELD_TYPES;

/** How each type is written in a contract, and which decorator of class-validator holds it to that. */
export const FIELD_TYPES = {
  string: { written: 'string', decorator: 'IsString' },
  number: { written: 'number', decorator: 'IsNumber' },
  integer: { written: 'number', decorator: 'IsInt' },
  boolean: { written: 'boolean', decorator: 'IsBoolean' },
  uuid: { written: 'string', decorator: 'IsUUID' },
  email: { written: 'string', decorator: 'IsEmail' },
  date: { written: 'Date', decorator: 'IsDate' },
} as const;

const FORM = /^([A-Za-z_][A-Za-z0-9_]*)(\?)?:([a-z]+)(\?)?$/;
const RESERVED = /^(?:constructor|prototype|__proto__|toString|valueOf|hasOwnProperty|toJSON|then)$/;

/** Reads `email:email` or, for one that may be missing, `phone:string?`; all faults at once. */
export function readFields(given: readonly string[]): readonly Field[] {
  const faults: string[] = [];
  const fields = new Map<string, Field>();
  for (const text of given) {
    const [, name, early, type, late] = FORM.exec(text) ?? [];
    if (name === undefined || type === undefined)
      faults.push(`'${text}' is not name:type, such as userId:uuid or phone:string?`);
    else if (!Object.hasOwn(FIELD_TYPES, type))
      faults.push(`'${text}' has the type '${type}': use one of ${Object.keys(FIELD_TYPES).join(', ')}`);
    else if (RESERVED.test(name)) faults.push(`'${name}' is a reserved word and cannot name a field`);
    else if (fields.has(name)) faults.push(`'${name}' is given twice`);
    else fields.set(name, { name, type: type as FieldType, optional: (early ?? late) !== undefined });
  }
  if (faults.length > 0) throw usageFault('TRAMLINE_FIELD', `${faults.join('.\n')}.`);
  return [...fields.values()];
}

/** The field that keys the event; null for an event whose order does not matter. */
export function readKey(key: string | false | undefined, fields: readonly Field[]): string | null {
  if (key === false) return null;
  const names = fields.map(({ name }) => name).join(', ') || 'there are none';
  if (key === undefined)
    throw usageFault(
      'TRAMLINE_KEY',
      `Say by which field the events are kept in order: --key <field> (${names}), or --no-key when order does not matter.`,
    );
  const field = fields.find(({ name }) => name === key);
  if (!field) throw usageFault('TRAMLINE_KEY', `--key ${key} is not one of the fields (${names}).`);
  if (field.optional || field.type === 'date')
    throw usageFault(
      'TRAMLINE_KEY',
      `--key ${key} cannot be ${field.optional ? 'optional' : 'a date'}: every event needs a key.`,
    );
  return key;
}
