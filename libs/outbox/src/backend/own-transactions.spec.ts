import { beforeEach, expect, it } from 'vitest';
import { OwnTransactions } from './own-transactions.js';

interface Transaction {
  readonly name: string;
}

let told: unknown[];
let transactions: OwnTransactions<Transaction>;
beforeEach(() => {
  told = [];
  const store = {
    transaction: async <T>(work: (tx: Transaction) => Promise<T>) => {
      const result = await work({ name: 'ours' });
      told.push('committed');
      return result;
    },
  };
  transactions = new OwnTransactions(store, (buckets) => told.push([...buckets]));
});

it('tells once that a transaction which wrote has ended, after its commit', async () => {
  const result = await transactions.run(async (tx) => {
    expect(transactions.wrote(tx, [3, 5])).toBe(true);
    expect(transactions.wrote(tx, [5])).toBe(true);
    return 7;
  });
  expect(result).toBe(7);
  expect(told).toEqual(['committed', [3, 5]]);
});

it('tells nothing of a transaction that wrote nothing', async () => {
  await transactions.run(async () => undefined);
  expect(told).toEqual(['committed']);
});

it('tells of one that failed: the answer to a commit may be lost, and not the commit', async () => {
  const failing = transactions.run(async (tx) => {
    transactions.wrote(tx, [3]);
    throw new Error('no answer');
  });
  await expect(failing).rejects.toThrow('no answer');
  expect(told).toEqual([[3]]);
});

it('knows no other transactions, nor its own when they are over', async () => {
  expect(transactions.wrote({ name: 'theirs' }, [3])).toBe(false);
  let mine: Transaction | undefined;
  await transactions.run(async (tx) => void (mine = tx));
  expect(transactions.wrote(mine!, [3])).toBe(false);
});
