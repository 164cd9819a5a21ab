import { defineConfig } from 'vitest/config';

// Images are built and up to nine containers run: minutes, so `npm test` leaves this out. `npm run test:compose`.
export default defineConfig({
  cacheDir: '../../node_modules/.vite',
  test: {
    root: import.meta.dirname,
    include: ['*.spec.ts'],
    testTimeout: 600_000,
    // The first build fetches or makes every image.
    hookTimeout: 1_200_000,
    fileParallelism: false,
  },
});
