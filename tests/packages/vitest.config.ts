import { defineConfig } from 'vitest/config';

// These specs pack the libs and install them in empty projects: minutes, not seconds, so `npm test` leaves them out.
// `npm run test:packages` runs them after a build.
export default defineConfig({
  cacheDir: '../../node_modules/.vite',
  test: {
    root: import.meta.dirname,
    include: ['*.spec.ts'],
    // Server and broker cost nothing until a spec asks for one.
    globalSetup: [
      './pack-libs.ts',
      '../postgres/support/shared-server.ts',
      '../kafka/support/shared-broker.ts',
    ],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // One npm install at a time: they share a cache and, on a small machine, two cores.
    fileParallelism: false,
  },
});
