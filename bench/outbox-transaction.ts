import type { Benchmark } from './benchmark.ts';
import type { Transacting, Written } from './processes/outbox-transactions.ts';
import type { Child } from './run/child.ts';
import { inTurn, type Side } from './run/compare.ts';
import { rowOf } from './run/row.ts';
import { CheckError } from './work/arrivals.ts';
import { withFreshDatabase } from './work/fresh-database.ts';

const COUNT = 4_000;
const CLIENTS = 32;

/** What publishing costs a transaction that does other things too: beside the same one without, and with a plain INSERT. */
export const outboxTransaction: Benchmark = {
  name: 'outbox-transaction',
  async run({ postgres, workspace, rounds, progress }) {
    return withFreshDatabase(await postgres(), async (url) => {
      const child = workspace.start('outbox-transactions.ts', { url });
      await child.ask('ready');
      const ours = sideOf(child, 'with the outbox', 'tramline');
      const without = sideOf(child, 'without', 'none');
      const byHand = sideOf(child, 'with a hand-written INSERT', 'hand');
      // The first time the code is compiled.
      for (const side of [ours, without, byHand]) await side.measure();
      const beside = await inTurn([without, ours, byHand], rounds, progress);
      await child.stop();
      const [bare, hand] = [beside(ours, without), beside(ours, byHand)];
      const how = `${CLIENTS} clients, pgbench's transaction of five statements with one event each, the same headers and JSON where both write one, neither validates, commits wait for the disk`;
      return [
        rowOf('outbox-transaction', bare.ratios, 0.75, `${bare.rates}; ${how}`),
        rowOf('outbox-transaction-insert', hand.ratios, 0.9, `${hand.rates}; ${how}`),
      ];
    });
  },
};

function sideOf(child: Child, name: string, outbox: Transacting['outbox']): Side {
  return {
    name,
    async measure() {
      const work: Transacting = { count: COUNT, clients: CLIENTS, outbox };
      const { perSecond, rows, outOfOrder } = await child.ask<Written>('transact', work);
      const expected = outbox === 'none' ? 0 : COUNT + COUNT / 10;
      if (rows !== expected)
        throw new CheckError(`outbox-transaction, ${name}: ${rows} rows instead of ${expected}.`);
      // The account's row lock, which is held until the commit, orders also those who take no lock of ours.
      if (outOfOrder > 0)
        throw new CheckError(
          `outbox-transaction, ${name}: ${outOfOrder} rows out of the order of their key.`,
        );
      return perSecond;
    },
  };
}
