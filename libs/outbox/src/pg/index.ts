export { PgClient } from './pg-client.js';
