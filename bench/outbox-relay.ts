import type { Bench, Benchmark } from './benchmark.ts';
import { inTurn, type Side } from './run/compare.ts';
import { rowOf } from './run/row.ts';
import { median } from './run/statistics.ts';
import { moveBacklog, type Moved } from './work/outbox-measures.ts';
import { BY_HAND, BY_HAND_LARGE, LIBRARY, ours, TWO_BY_HAND, type OutboxSide } from './work/outbox-sides.ts';

const PER_SECOND = 20_000;
const BACKLOG = 120_000;
/** Theirs: enough for as long. */
const BY_HAND_BACKLOG = 40_000;
const LIBRARY_BACKLOG = 100;
const BESIDE_GOAL = 3;
/** Two of theirs have both cores to themselves. */
const BESIDE_TWO_GOAL = 2;
/** One that is as large as the relay's pages must not beat it. */
const BESIDE_LARGE_GOAL = 1;
const HOW = `a backlog of ${BACKLOG.toLocaleString('en-US')} rows in PostgreSQL, one relay, to a handler in another process, a tenth goes ahead uncounted`;

/** How fast one relay brings a backlog from PostgreSQL to a handler in another process. */
export const outboxRelayEmbedded: Benchmark = {
  name: 'outbox-relay-embedded',
  async run(bench) {
    const relay = moving(bench, ours('embedded'), 1, BACKLOG);
    for (let round = 0; round < bench.rounds; round++)
      bench.progress(`round ${round + 1}: ${rows(await relay.measure())}`);
    return [rowOf('outbox-relay-embedded', ...beside20000(relay))];
  },
};

/** The same on Kafka; beside a poller as one writes it by hand, one of large batches, two, and a library; also, who keeps the order of a key. */
export const outboxRelayKafka: Benchmark = {
  name: 'outbox-relay-kafka',
  async run(bench) {
    const relay = moving(bench, ours('kafka'), 1, BACKLOG);
    const byHand = moving(bench, BY_HAND, 1, BY_HAND_BACKLOG);
    const large = moving(bench, BY_HAND_LARGE, 1, BY_HAND_BACKLOG);
    const twoByHand = moving(bench, TWO_BY_HAND, 2, BY_HAND_BACKLOG);
    const library = moving(bench, LIBRARY, 1, LIBRARY_BACKLOG);
    const beside = await inTurn([relay, byHand, large, twoByHand, library], bench.rounds, bench.progress);
    const row = (name: string, theirs: Moving, total: number, goal: number, settings: string) => {
      const { ratios, rates } = beside(relay, theirs);
      const order = `${theirs.outOfOrder} of ${bench.rounds * total} events of theirs out of the order of their key, none of ours`;
      const how = `PostgreSQL to a handler on Kafka, 6 partitions, acks=all, idempotent, the same headers and JSON, neither validates, a tenth goes ahead uncounted; on their side ${settings}`;
      return rowOf(name, ratios, goal, `${rates}; ${order}; ${how}`);
    };
    return [
      rowOf('outbox-relay-kafka', ...beside20000(relay)),
      row('outbox-relay-kafka-by-hand', byHand, BY_HAND_BACKLOG, BESIDE_GOAL, batches(BY_HAND)),
      row(
        'outbox-relay-kafka-by-hand-large',
        large,
        BY_HAND_BACKLOG,
        BESIDE_LARGE_GOAL,
        batches(BY_HAND_LARGE),
      ),
      row(
        'outbox-relay-kafka-by-hand-two',
        twoByHand,
        BY_HAND_BACKLOG,
        BESIDE_TWO_GOAL,
        batches(TWO_BY_HAND),
      ),
      row(
        'outbox-relay-kafka-library',
        library,
        LIBRARY_BACKLOG,
        BESIDE_GOAL,
        'its polling listener with its defaults and a segment for each key',
      ),
    ];
  },
};

/** A side that remembers what it moved. */
interface Moving extends Side, Pick<Moved, 'outOfOrder'> {
  readonly rates: readonly number[];
}

function moving(bench: Bench, side: OutboxSide, movers: number, total: number): Moving {
  const rates: number[] = [];
  const mover = {
    name: side.name,
    outOfOrder: 0,
    rates,
    async measure() {
      const { perSecond, outOfOrder } = await moveBacklog(bench, side, { movers, total });
      mover.outOfOrder += outOfOrder;
      rates.push(perSecond);
      return perSecond;
    },
  };
  return mover;
}

function beside20000({ rates }: Moving): [ratios: number[], goal: number, detail: string] {
  const detail = `${rows(median(rates))} of ${rows(PER_SECOND)}; ${HOW}`;
  return [rates.map((rate) => rate / PER_SECOND), 1, detail];
}

function batches({ batch }: OutboxSide): string {
  return `batches of ${batch!.toLocaleString('en-US')}`;
}

function rows(rate: number): string {
  return `${Math.round(rate).toLocaleString('en-US')} rows/s`;
}
