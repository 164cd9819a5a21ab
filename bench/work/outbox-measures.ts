import type { Bench } from '../benchmark.ts';
import { OutboxPlace } from './outbox-place.ts';
import type { OutboxSide } from './outbox-sides.ts';
import type { Came, Fill, Pace } from './outbox-work.ts';

/** Rows in one transaction while a backlog is made. */
const FILL_BATCH = 500;
/** One row of a backlog in so many goes ahead. */
const AHEAD = 10;

export interface Paced {
  readonly perSecond: number;
  /** Orders at the beginning that are not counted. */
  readonly warmUp: number;
  readonly total: number;
}

/**
 * Commits at a steady pace in one process, which also moves the rows, to a handler in another.
 * @returns milliseconds from asking for the commit to the handler's first line, one of each order
 */
export function latenciesOf(bench: Bench, side: OutboxSide, work: Paced): Promise<readonly number[]> {
  const { perSecond, warmUp, total } = work;
  return OutboxPlace.with(bench, side, async (place) => {
    const [service, receiver] = await Promise.all([place.service(true), place.receiver(total)]);
    await service.ask('ready');
    const pace: Pace = { from: 0, to: total, perSecond };
    const askedAt = await service.ask<readonly number[]>('pace', pace);
    const { cameAt } = await receiver.ask<Came>('came', total);
    await place.end([service], receiver, total);
    return cameAt.map((at, number) => at - askedAt[number]!).slice(warmUp);
  });
}

export interface Moved {
  readonly perSecond: number;
  /** Orders that came behind a later one of their account. */
  readonly outOfOrder: number;
}

/**
 * How fast `movers` processes bring a backlog of `total` rows to the handler. A part goes ahead uncounted, in which they start,
 * and their code is compiled.
 */
export function moveBacklog(
  bench: Bench,
  side: OutboxSide,
  { movers, total }: { readonly movers: number; readonly total: number },
): Promise<Moved> {
  return OutboxPlace.with(bench, side, async (place) => {
    const [receiver, moving] = await Promise.all([
      place.receiver(total),
      Promise.all(Array.from({ length: movers }, () => place.service(true))),
      fill(place, total),
    ]);
    await Promise.all(moving.map((mover) => mover.ask('ready')));
    const { at, cameAt, outOfOrder } = await receiver.ask<Came>('came', total);
    await place.end(moving, receiver, total);
    const ahead = Math.ceil(total / AHEAD);
    const countedFrom = cameAt.toSorted((one, other) => one - other)[ahead - 1]!;
    return { perSecond: ((total - ahead) / (at - countedFrom)) * 1_000, outOfOrder };
  });
}

async function fill(place: OutboxPlace, total: number): Promise<void> {
  const filling = await place.service(false);
  await filling.ask('ready');
  await filling.ask('fill', { from: 0, to: total, batch: FILL_BATCH } satisfies Fill);
  await filling.stop();
}
