import { expect, it } from 'vitest';
import { testDirectory } from '../spec/directory.js';
import { testStore, testTopic } from '../spec/store.js';

it('has the schema of schema.sql: a change needs a migration, and shows in review', async () => {
  const store = await testStore(testDirectory());
  testTopic(store, { name: 'deleted' });
  testTopic(store, { name: 'compacted', cleanup: 'compact' });
  const { user_version: version } = store.read.get<{ user_version: number }>('PRAGMA user_version')!;
  const objects = store.read.all<{ sql: string }>(
    "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY name",
  );
  const schema = [`-- schema version ${version}`, ...objects.map(({ sql }) => `${sql};`)].join('\n\n');
  await expect(`${schema}\n`).toMatchFileSnapshot('./migrations/schema.sql');
});
