import type { ValidationError } from 'class-validator';
import type { PayloadFault } from '@tramline/core';

/** Every fault in a tree of class-validator, with its whole path: `items.0.price`. */
export function faultsOf(errors: readonly ValidationError[], above = ''): PayloadFault[] {
  return errors.flatMap(({ property, constraints, children }) => {
    const path = above ? `${above}.${property}` : property;
    const own = Object.values(constraints ?? {}).map((message) => ({
      path,
      message: withoutName(message, property),
    }));
    return [...own, ...faultsOf(children ?? [], path)];
  });
}

/** Messages of class-validator begin with the property's name, which the path says already. */
function withoutName(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}
