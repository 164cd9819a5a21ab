import { expect, it } from 'vitest';
import { testDirectory } from '../spec/directory.js';
import { testStore } from '../spec/store.js';
import { Watchdog } from './watchdog.js';

it('notices that another machine opens the same log while it is in use here', async () => {
  const directory = testDirectory();
  await testStore(directory, { bootId: 'boot of yesterday', host: 'laptop' });
  const store = await testStore(directory, { bootId: 'boot of today', host: 'laptop' });
  const watchdog = new Watchdog(store, () => {});
  expect(watchdog.look()).toBeUndefined();
  await testStore(directory, { bootId: 'boot of today', host: 'laptop' });
  expect(watchdog.look()).toBeUndefined();
  await testStore(directory, { bootId: 'another boot', host: 'server' });
  expect(watchdog.look()?.message).toMatch(
    /used by another machine too \(server; this one is laptop\).*each its own directory/,
  );
  watchdog.stop();
});
