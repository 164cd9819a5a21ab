import { defineEvent, silentLog, Tramline } from '@tramline/core';
import { embedded } from '@tramline/embedded';
import type { Benchmark } from './benchmark.ts';
import { compare, type Side } from './run/compare.ts';
import { rowOf } from './run/row.ts';
import { refuse, type Arrivals } from './work/arrivals.ts';
import { bareLoop } from './work/bare-loop.ts';
import { until } from './work/consuming.ts';
import { Order, ORDER_TOPIC } from './work/order.ts';
import { publishAll } from './work/publish-all.ts';

const GOAL = 0.7;
const EVENTS = 200_000;
/** Without a class: neither side makes instances of one. */
const ORDER = defineEvent<Order>(ORDER_TOPIC, { key: 'account' });

/**
 * The runtime with a handler that does nothing, beside a loop over the same transport that parses each value and commits
 * every 500 ms as the runtime does. Both read the same topic from its beginning, as a group that was never there before.
 */
export const embeddedRuntime: Benchmark = {
  name: 'embedded-runtime',
  async run({ rounds, workspace, progress }) {
    const directory = workspace.directory();
    progress(`publishing ${EVENTS} events to read`);
    await fill(directory);
    let groups = 0;
    const ours = sideOf('runtime', (arrivals) => runtime(directory, `bench-${groups++}`, arrivals));
    const theirs = sideOf('bare loop', (arrivals) => bareLoop(directory, `bench-${groups++}`, arrivals));
    // The first time the code is compiled.
    for (const side of [ours, theirs]) await side.measure();
    const { ratios, rates } = await compare(ours, theirs, rounds, progress);
    const how = 'from first to last event of 6 partitions; both parse JSON, neither validates';
    return [rowOf('embedded-runtime', ratios, GOAL, `${rates}; ${how}`)];
  },
};

/** A side that reads the whole topic and is measured from the first event to the last. */
function sideOf(name: string, consume: (arrivals: Arrivals) => Promise<() => Promise<void>>): Side {
  return {
    name,
    async measure() {
      const { perSecond, faults } = await until({ total: EVENTS }, consume);
      refuse(`embedded-runtime, ${name}`, faults);
      return perSecond;
    },
  };
}

async function fill(directory: string): Promise<void> {
  const transport = embedded({ directory });
  const tramline = new Tramline({ service: 'bench', transport, contracts: [Order], log: silentLog });
  try {
    await publishAll(tramline.events, { from: 0, to: EVENTS }, 1_000);
  } finally {
    await tramline.close();
  }
}

async function runtime(directory: string, group: string, arrivals: Arrivals): Promise<() => Promise<void>> {
  const handler = { id: 'nothing', events: [ORDER], run: (order: Order) => arrivals.saw(order) };
  const transport = embedded({ directory });
  const tramline = new Tramline({ service: group, transport, handlers: [handler], log: silentLog });
  await tramline.start();
  return () => tramline.close();
}
