import { DataSource, type EntityManager } from 'typeorm';
import { describeLibraryStore } from '../spec/library-conformance.js';
import { TypeOrmClient } from './typeorm-client.js';

describeLibraryStore<EntityManager>('TypeORM', async (url) => {
  const db = await new DataSource({ type: 'postgres', url, extra: { max: 20 } }).initialize();
  return {
    client: new TypeOrmClient(db),
    none: db.manager,
    end: (manager) => manager.queryRunner!.commitTransaction(),
    close: () => db.destroy(),
  };
});
