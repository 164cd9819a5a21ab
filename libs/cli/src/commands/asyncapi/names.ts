/** A name as keys of a document may be: letters, digits, `.`, `-`, `_`. Types, topics and groups are so already. */
export const keyOf = (...parts: readonly string[]): string => parts.join('.').replaceAll(/[^\w.-]/g, '_');

export const ref = (path: string): { readonly $ref: string } => ({ $ref: `#/${path}` });

/** The two messages that groups write: events in tiers, and dead letters. */
export const WAITING = 'tramline.waiting';
export const LETTER = 'tramline.dead-letter';
