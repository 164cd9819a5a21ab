export { pg } from './pg.js';
export { PgClient } from './pg-client.js';
