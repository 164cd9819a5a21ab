import type { JsonSchema } from './payload-schema.js';

/** What one decorator of class-validator says of a property. */
export interface Rule {
  readonly schema: JsonSchema;
  /** It is about each element of a list. */
  readonly each: boolean;
  readonly optional: boolean;
}

/** The parts of class-validator's metadata that we read. */
interface Metadata {
  readonly type: string;
  readonly name?: string;
  readonly constraints?: readonly unknown[];
  readonly each: boolean;
}

const text = (format?: string): JsonSchema => ({ type: 'string', ...(format && { format }) });

/** By the decorator's name; a decorator that is not here only says that the property is there. */
const SCHEMAS: Readonly<Record<string, (constraints: readonly unknown[]) => JsonSchema>> = {
  isString: () => text(),
  isEmail: () => text('email'),
  isUuid: () => text('uuid'),
  isUrl: () => text('uri'),
  isIso8601: () => text('date-time'),
  isDateString: () => text('date-time'),
  isDate: () => text('date-time'),
  isPhoneNumber: () => text(),
  isBoolean: () => ({ type: 'boolean' }),
  isNumber: () => ({ type: 'number' }),
  isInt: () => ({ type: 'integer' }),
  isPositive: () => ({ exclusiveMinimum: 0 }),
  isNegative: () => ({ exclusiveMaximum: 0 }),
  min: ([minimum]) => ({ minimum }),
  max: ([maximum]) => ({ maximum }),
  isLength: ([minLength, maxLength]) => ({ minLength, ...(maxLength !== undefined && { maxLength }) }),
  minLength: ([minLength]) => ({ minLength }),
  maxLength: ([maxLength]) => ({ maxLength }),
  matches: ([pattern]) => ({
    type: 'string',
    pattern: pattern instanceof RegExp ? pattern.source : String(pattern),
  }),
  isIn: ([values]) => ({ enum: values }),
  isEnum: ([values]) => ({ enum: enumValues(values as object) }),
  equals: ([value]) => ({ const: value }),
  isArray: () => ({ type: 'array' }),
  arrayMinSize: ([minItems]) => ({ minItems }),
  arrayMaxSize: ([maxItems]) => ({ maxItems }),
  arrayUnique: () => ({ uniqueItems: true }),
  isObject: () => ({ type: 'object' }),
};

/** @param nested - the schema of the class that the property holds */
export function ruleOf({ type, name, constraints = [], each }: Metadata, nested: () => JsonSchema): Rule {
  if (type === 'nestedValidation') return { schema: nested(), each, optional: false };
  if (type === 'conditionalValidation') return { schema: {}, each: false, optional: true };
  const schema = name !== undefined && Object.hasOwn(SCHEMAS, name) ? SCHEMAS[name]!(constraints) : {};
  return { schema, each, optional: false };
}

/** TypeScript's numeric enums hold their names as values too. */
function enumValues(values: object): unknown[] {
  return Object.entries(values)
    .filter(([name]) => Number.isNaN(Number(name)))
    .map(([, value]) => value as unknown);
}
