export { embedded } from './embedded.js';
export type { EmbeddedOptions } from './options.js';
