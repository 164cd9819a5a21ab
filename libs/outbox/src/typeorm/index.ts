export { typeorm } from './typeorm.js';
export { TypeOrmClient } from './typeorm-client.js';
