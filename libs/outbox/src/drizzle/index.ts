export { drizzle } from './drizzle.js';
export { DrizzleClient } from './drizzle-client.js';
