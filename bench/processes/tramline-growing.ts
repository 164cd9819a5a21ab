import { setTimeout as sleep } from 'node:timers/promises';
import { silentLog, Tramline, type HandlerDefinition, type TramlineOptions } from '@tramline/core';
import { kafka } from '@tramline/kafka';
import { serve, settingsOf } from '../run/serve.ts';
import { Arrivals } from '../work/arrivals.ts';
import { ordersOf, TIER, typesOf, type Growing, type Took } from '../work/growing.ts';
import type { Order } from '../work/order.ts';
import { callAll } from '../work/publish-all.ts';

const CALLERS = 1_000;
/** Below the 64 MiB that may wait for the broker by default. */
const PUBLISHING_BYTES = 32 * 1024 * 1024;
/** Orders that connect and find their partitions before the count begins: one in so many. */
const AHEAD = 20;

/** More than key and headers of an order take, which count as bytes of the event. */
const HEADERS = 10_000;

const { brokers } = settingsOf<{ brokers: string }>();

serve({
  /** All orders of a topic, from a thousand callers, or as many as there is room for. */
  async publish(work: Growing): Promise<Took> {
    const types = typesOf(work);
    const orderOf = ordersOf(work);
    const publisher = { maxEventBytes: work.bytes + HEADERS };
    const tramline = new Tramline({ ...common(work), consume: false, contracts: types, publisher });
    const callers = Math.min(CALLERS, Math.floor(PUBLISHING_BYTES / work.bytes));
    const publish = (from: number, to: number) =>
      callAll({ from, to }, callers, (number) =>
        tramline.events.publish(types[number % types.length]!, orderOf(number)),
      );
    const ahead = Math.ceil(work.total / AHEAD);
    try {
      await publish(0, ahead);
      const before = process.cpuUsage();
      await publish(ahead, work.total);
      return { microseconds: cpuSince(before) / (work.total - ahead), faults: undefined };
    } finally {
      await tramline.close();
    }
  },

  /** The whole topic, by handlers that do nothing but are async. Joining is not counted. */
  async handle(work: Growing): Promise<Took> {
    const arrivals = Array.from({ length: work.copies }, () => new Arrivals(work.total, true, work.keys));
    const gate = new Gate(!work.settles);
    const tramline = new Tramline({
      ...common(work),
      handlers: handlersOf(work, async (order, copy) => {
        if (!gate.isOpen) await gate.opened;
        arrivals[copy]!.saw(order);
      }),
    });
    let microseconds = 0;
    try {
      await tramline.start();
      while (!tramline.health().ready || (work.settles && !isQuiet(tramline, work))) await sleep(1);
      const before = process.cpuUsage();
      gate.open();
      await Promise.all(arrivals.map((one) => one.until(work.total)));
      microseconds = cpuSince(before) / (work.total * work.copies);
    } finally {
      gate.open();
      await tramline.close();
    }
    return { microseconds, faults: arrivals.find(({ faults }) => faults)?.faults };
  },

  /** Makes every order of the topic fail and wait in the tier. Answers how many wait. */
  async fail(work: Growing): Promise<number> {
    let waiting = 0;
    const failing = handlersOf({ ...work, copies: 1 }, () => Promise.reject(new Error('later')));
    const tramline = new Tramline({
      ...common(work),
      handlers: failing.map((handler) => ({ ...handler, concurrency: 4_096 })),
      consumer: { retryTiers: [TIER], concurrency: 4_096 },
    });
    tramline.observations.observe(({ kind }) => kind === 'waiting' && waiting++);
    try {
      await tramline.start();
      while (waiting < work.total) await sleep(50);
      return waiting;
    } finally {
      await tramline.close();
    }
  },

  /** The most memory that this process ever took, MiB. */
  peak: () => process.resourceUsage().maxRSS / 1_024,
  stop: () => undefined,
});

/** What handlers wait for until the process has settled. */
class Gate {
  isOpen: boolean;
  private readonly promise = Promise.withResolvers<void>();

  constructor(isOpen: boolean) {
    this.isOpen = isOpen;
  }

  get opened(): Promise<void> {
    return this.promise.promise;
  }

  open(): void {
    this.isOpen = true;
    this.promise.resolve();
  }
}

function common({ group }: Growing): TramlineOptions {
  return {
    service: group,
    transport: kafka({ brokers }),
    consumer: { retryTiers: [TIER] },
    log: silentLog,
  };
}

/** Each type with its copies. Their ids are the same in every topic of the group, so that what waits keeps its handler. */
function handlersOf(
  work: Growing,
  run: (order: Order, copy: number) => Promise<void>,
): readonly HandlerDefinition[] {
  return typesOf(work).flatMap((contract, type) =>
    Array.from({ length: work.copies }, (_, copy) => ({
      id: `count-${type}-${copy}`,
      events: [contract],
      concurrency: 100,
      retry: { inPlace: 1, delays: [TIER] },
      run: (order: Order) => run(order, copy),
    })),
  );
}

/** Whether what waits in the tier has been taken in as far as it ever is before it is due. */
function isQuiet(tramline: Tramline, { group, waiting }: Growing): boolean {
  const tier = `${group}.retry.${TIER}`;
  const tiers = tramline
    .health()
    .groups.flatMap(({ assigned }) => assigned.filter(({ topic }) => topic === tier));
  const open = tiers.reduce((sum, one) => sum + one.open, 0);
  return open >= waiting || (tiers.length > 0 && tiers.every(({ paused }) => paused !== undefined));
}

/** Microseconds of CPU. */
function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
