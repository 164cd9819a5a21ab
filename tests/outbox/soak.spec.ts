import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../scripts/soak/options.ts';
import { runSoak } from '../../scripts/soak/soak.ts';
import { describeWithPostgres } from '../postgres/support/database.ts';

/** As `npm run soak:outbox`, in a few seconds. */
const SHORT = { ...DEFAULTS, registrations: 600, spreadMs: 4_000, killEveryMs: 1_500 };

/** What was seen, with the way there when something was violated. */
async function soaked(database: 'sqlite' | 'postgres') {
  const told: string[] = [];
  const { violations, figures } = await runSoak({ ...SHORT, database }, (line) => void told.push(line));
  return { violated: violations.length > 0 ? [...violations, ...told] : [], figures };
}

const SEEN = { violated: [], figures: { committed: 540, serviceKills: 2, pointsKills: 2 } };

describe('SQLite', () => {
  it(
    'every committed event arrives, once in effect and in order, while processes are killed',
    { timeout: 180_000 },
    async () => {
      const seen = await soaked('sqlite');
      expect(seen).toMatchObject(SEEN);
      expect(seen.figures.relayKills).toBeGreaterThan(0);
    },
  );
});

describeWithPostgres('PostgreSQL', () => {
  it(
    'every committed event arrives, once in effect and in order, while processes are killed',
    { timeout: 180_000 },
    async () => {
      const seen = await soaked('postgres');
      expect(seen).toMatchObject(SEEN);
      expect(seen.figures.relayKills).toBeGreaterThan(0);
    },
  );
});
