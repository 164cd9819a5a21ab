import { defineConfig } from 'vitest/config';

// These specs pack the libs and install them in empty projects: minutes, not seconds, so `npm test` leaves them out.
// `npm run test:packages` runs them after a build.
export default defineConfig({
  cacheDir: '../../node_modules/.vite',
  test: {
    root: import.meta.dirname,
    include: ['*.spec.ts'],
    // The second one costs nothing until a spec asks for a database.
    globalSetup: ['./pack-libs.ts', '../postgres/support/shared-server.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // One npm install at a time: they share a cache and, on a small machine, two cores.
    fileParallelism: false,
  },
});
