import { type Contract, type EventClass } from '@tramline/core';
import 'reflect-metadata';
import { loadOptionalPeers, type OptionalPeers } from '../validation/optional-peers.js';
import { ruleOf, type Rule } from './validation-rules.js';

/** A JSON Schema, draft 7. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * JSON Schemas of payloads, as far as contracts tell: from class-validator's decorators, or from a Standard Schema that can say
 * itself as JSON Schema. Undefined where nothing is known. For documents: validation itself knows more.
 */
export async function payloadSchemas(): Promise<(contract: Contract) => JsonSchema | undefined> {
  const peers = await loadOptionalPeers();
  return ({ schema, target }) => {
    if (schema) return standardSchema(schema);
    return target ? classSchema(target, peers, new Set()) : undefined;
  };
}

/** Of libraries that implement the JSON Schema part of Standard Schema. */
function standardSchema(schema: object): JsonSchema | undefined {
  const { jsonSchema } = (
    schema as { '~standard': { jsonSchema?: { input?(options: object): JsonSchema } } }
  )['~standard'];
  try {
    const { $schema: _, ...found } = jsonSchema?.input?.({ target: 'draft-07' }) ?? {};
    return Object.keys(found).length > 0 ? found : undefined;
  } catch {
    // It has parts that JSON Schema cannot say, such as transforms.
    return undefined;
  }
}

/** @param above - classes that this one lies in: one that contains itself ends there */
function classSchema(target: EventClass, peers: OptionalPeers, above: ReadonlySet<unknown>): JsonSchema {
  if (above.has(target) || !peers.validator) return { type: 'object' };
  const rules = new Map<string, Rule[]>();
  const storage = peers.validator.getMetadataStorage();
  for (const metadata of storage.getTargetValidationMetadatas(target, '', false, false)) {
    const rule = ruleOf(metadata, () =>
      nestedSchema(target, metadata.propertyName, peers, new Set([...above, target])),
    );
    rules.set(metadata.propertyName, [...(rules.get(metadata.propertyName) ?? []), rule]);
  }
  if (rules.size === 0) return { type: 'object' };
  const properties = Object.fromEntries([...rules].map(([name, list]) => [name, merged(list)]));
  const required = [...rules]
    .filter(([, list]) => !list.some(({ optional }) => optional))
    .map(([name]) => name);
  return { type: 'object', properties, ...(required.length > 0 && { required: required.sort() }) };
}

function merged(rules: readonly Rule[]): JsonSchema {
  const each = rules.filter((rule) => rule.each).map(({ schema }) => schema);
  const own = rules.filter((rule) => !rule.each).map(({ schema }) => schema);
  // Rules of unknown libraries say nothing; that of `@IsString` goes under where another knows the type better.
  const all: JsonSchema = Object.assign({}, ...own);
  if (each.length === 0) return all;
  return { ...all, type: 'array', items: Object.assign({}, ...each) as JsonSchema };
}

function nestedSchema(
  target: EventClass,
  property: string,
  peers: OptionalPeers,
  above: ReadonlySet<unknown>,
): JsonSchema {
  const said = peers.transformMetadata?.typeOf(target, property, {})?.type;
  const type: unknown = said ?? Reflect.getMetadata('design:type', target.prototype as object, property);
  return typeof type === 'function' && type !== Object && type !== Array
    ? classSchema(type as EventClass, peers, above)
    : { type: 'object' };
}
