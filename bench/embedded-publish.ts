import { silentLog, Tramline, type Receipt } from '@tramline/core';
import { embedded } from '@tramline/embedded';
import type { Benchmark } from './benchmark.ts';
import { compare, type Side } from './run/compare.ts';
import { monotonic } from './run/monotonic.ts';
import { rowOf } from './run/row.ts';
import { Arrivals, CheckError } from './work/arrivals.ts';
import { Order } from './work/order.ts';
import { publishAll } from './work/publish-all.ts';

const GOAL = 10;
const CALLERS = 100;
const CONCURRENT = 20_000;
const SINGLE = 1_000;

/** 100 callers that each await their own `publish`, beside one caller that does. Same log, same topic of 6 partitions. */
export const embeddedPublish: Benchmark = {
  name: 'embedded-publish',
  async run({ rounds, workspace, progress }) {
    const tramline = new Tramline({
      service: 'bench',
      transport: embedded({ directory: workspace.directory() }),
      contracts: [Order],
      log: silentLog,
    });
    const receipts: Receipt[] = [];
    const side = (name: string, count: number, callers: number): Side => ({
      name,
      async measure() {
        const from = receipts.length;
        const started = monotonic();
        await publishAll(tramline.events, { from, to: from + count }, callers, (number, receipt) => {
          receipts[number] = receipt;
        });
        return (count / (monotonic() - started)) * 1_000;
      },
    });
    try {
      // The first calls make the topic and compile the code.
      await side('warm-up', CONCURRENT / 4, CALLERS).measure();
      const ours = side(`${CALLERS} callers`, CONCURRENT, CALLERS);
      const theirs = side('one caller', SINGLE, 1);
      const { ratios, rates } = await compare(ours, theirs, rounds, progress);
      await checkLog(tramline, receipts);
      return [rowOf('embedded-publish', ratios, GOAL, `${rates}; synchronous=FULL, neither side validates`)];
    } finally {
      await tramline.close();
    }
  },
};

/** Every event lies once in the log, in order, where its receipt says. */
async function checkLog(tramline: Tramline, receipts: readonly Receipt[]): Promise<void> {
  const arrivals = new Arrivals(receipts.length);
  let misplaced = 0;
  for await (const { event, envelope, partition, offset } of tramline.eventLog.read(Order)) {
    arrivals.saw(event);
    const receipt = receipts[event.number];
    if (receipt?.eventId !== envelope.id || receipt.partition !== partition || receipt.offset !== offset)
      misplaced++;
  }
  arrivals.check('embedded-publish');
  if (misplaced > 0) throw new CheckError(`embedded-publish: ${misplaced} receipts name another place.`);
}
