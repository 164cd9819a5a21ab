import { type KnownEvent, type Property } from './project/contracts.js';

/** Values that pass one decorator of class-validator each, as source text. */
const BY_DECORATOR: Readonly<Record<string, string>> = {
  IsUUID: `'0b9f6f8e-4c62-4d0c-9d3a-1f0a4b6c7d8e'`,
  IsEmail: `'ada@example.com'`,
  IsString: `'text'`,
  IsNotEmpty: `'text'`,
  IsInt: '1',
  IsNumber: '1',
  IsPositive: '1',
  IsBoolean: 'true',
  IsDate: `new Date('2026-01-02T03:04:05Z')`,
  IsUrl: `'https://example.com'`,
};
/** Decorators that hold whatever the value is, given that another one has chosen it. */
const NEUTRAL = new Set(['Type', 'IsOptional']);

/**
 * A payload that keeps the contract, as the source text of an object; undefined when a property has to be something that
 * only its author knows.
 */
export function samplePayload({ properties }: KnownEvent): string | undefined {
  const members: string[] = [];
  for (const property of properties ?? []) {
    if (property.optional) continue;
    const value = sampleValue(property);
    if (value === undefined) return undefined;
    members.push(`${property.name}: ${value}`);
  }
  return properties === undefined || members.length === 0 ? undefined : `{ ${members.join(', ')} }`;
}

function sampleValue({ decorators }: Property): string | undefined {
  const asked = decorators.filter(({ name }) => !NEUTRAL.has(name));
  // Arguments narrow what is allowed: `@IsInt({ each: true })`, `@IsUUID('4')`.
  if (asked.some(({ name, written }) => BY_DECORATOR[name] === undefined || !written.endsWith('()')))
    return undefined;
  const values = [...new Set(asked.map(({ name }) => BY_DECORATOR[name]!))];
  // `@IsString() @IsEmail()`: the more special one is right for both.
  const special = values.filter((value) => value !== `'text'`);
  return special.length > 1 ? undefined : (special[0] ?? values[0]);
}
