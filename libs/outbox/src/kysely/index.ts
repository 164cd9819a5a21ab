export { kysely, type KyselyOptions } from './kysely.js';
export { KyselyClient } from './kysely-client.js';
