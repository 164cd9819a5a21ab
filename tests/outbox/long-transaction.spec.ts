import { expect, it } from 'vitest';
import { runLongTransaction } from '../../scripts/soak/long-transaction/long-transaction.ts';
import { describeWithPostgres } from '../postgres/support/database.ts';

describeWithPostgres('an unrelated write transaction that stays open', () => {
  it(
    'keeps no event back, and makes the relay read no more than before: 30 s of what `npm run soak:outbox` does for ten minutes',
    { timeout: 180_000 },
    async () => {
      const { violations, during, written } = await runLongTransaction(
        { longTransactionMs: 30_000, rate: 1_000 },
        () => undefined,
      );
      expect(violations).toEqual([]);
      expect(during).toHaveLength(10);
      // That there was something to stumble over.
      expect(during.at(-1)!.arrivedBefore).toBeGreaterThan(5_000);
      expect(written).toBeGreaterThan(5_000);
    },
  );
});
