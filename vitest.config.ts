import { configDefaults, defineConfig } from 'vitest/config';
import { fileURLToPath } from 'node:url';

const src = (path: string) => fileURLToPath(new URL(`./libs/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    // Specs run the libs from source, all in one module graph, so that `instanceof` holds across them. The embedded
    // transport is left out: its worker thread is started by Node itself and needs the compiled file.
    alias: [
      { find: /^@tramline\/(core|testing|nest|kafka|outbox|cli)$/, replacement: src('$1/src/index.ts') },
      {
        find: /^@tramline\/(core|testing|nest|kafka|outbox|cli)\/(.+)$/,
        replacement: src('$1/src/$2/index.ts'),
      },
    ],
  },
  // Vite reads the tsconfig.json beside a file, which leaves specs out: it would not know their decorators.
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    include: [
      'libs/*/src/**/*.spec.ts',
      'apps/*/src/**/*.spec.ts',
      'tests/**/*.spec.ts',
      'scripts/**/*.spec.ts',
      'bench/**/*.spec.ts',
    ],
    // Packing and installing takes minutes, and so do broken brokers and containers: `npm run test:packages`,
    // `test:kafka`, `test:compose`.
    exclude: [
      ...configDefaults.exclude,
      'tests/packages/**',
      'tests/kafka/own-brokers/**',
      'tests/compose/**',
    ],
    // They cost nothing until a spec asks for a broker or a database.
    globalSetup: ['tests/kafka/support/shared-broker.ts', 'tests/postgres/support/shared-server.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
