import { beforeEach, expect, it } from 'vitest';
import { OwnTransactions } from './own-transactions.js';

interface Transaction {
  readonly name: string;
}

let told: unknown[];
let commits: boolean;
let transactions: OwnTransactions<Transaction>;
beforeEach(() => {
  told = [];
  commits = true;
  const store = {
    transaction: async <T>(work: (tx: Transaction) => Promise<T>) => {
      const result = await work({ name: 'ours' });
      if (!commits) throw new Error('no answer');
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

it('tells of one whose commit got no answer: it may have been committed', async () => {
  commits = false;
  await expect(transactions.run(async (tx) => transactions.wrote(tx, [3]))).rejects.toThrow('no answer');
  expect(told).toEqual([[3]]);
});

it('tells nothing of one whose work failed', async () => {
  const failing = transactions.run(async (tx) => {
    transactions.wrote(tx, [3]);
    throw new Error('mine');
  });
  await expect(failing).rejects.toThrow('mine');
  expect(told).toEqual([]);
});

it('tells at the end, too, what was written in a savepoint that is another object', async () => {
  await transactions.run(async () => {
    expect(transactions.wrote({ name: 'a savepoint' }, [4])).toBe(false);
  });
  expect(told).toEqual(['committed', [4]]);
});

it('knows no other transactions, nor its own when they are over', async () => {
  expect(transactions.wrote({ name: 'theirs' }, [3])).toBe(false);
  let mine: Transaction | undefined;
  await transactions.run(async (tx) => void (mine = tx));
  expect(transactions.wrote(mine!, [3])).toBe(false);
});
