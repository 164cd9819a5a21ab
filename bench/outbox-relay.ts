import type { Bench, Benchmark } from './benchmark.ts';
import { compare, type Side } from './run/compare.ts';
import { rowOf } from './run/row.ts';
import { median } from './run/statistics.ts';
import { moveBacklog, type Moved } from './work/outbox-measures.ts';
import type { OutboxSide } from './work/outbox-place.ts';

const PER_SECOND = 20_000;
const BACKLOG = 60_000;
/** Theirs: enough for some seconds. */
const OTHER_BACKLOG = 12_000;
const BESIDE_GOAL = 3;

const onEmbedded = ours('embedded');
const onKafka = ours('kafka');
const byHand: OutboxSide = {
  name: 'two hand-written SKIP LOCKED pollers with kafkajs',
  programs: 'hand-written',
  store: 'postgres',
  carrier: 'kafka',
  // What rows the one has locked, the other leaves out: later ones of their keys go ahead.
  inOrder: false,
};

/** How fast one relay brings a backlog from PostgreSQL to a handler in another process. */
export const outboxRelayEmbedded = relaying('outbox-relay-embedded', onEmbedded);
export const outboxRelayKafka = relaying('outbox-relay-kafka', onKafka);

/** The same on Kafka beside two pollers, as one writes them by hand; also, whether they keep the order of a key. */
export const outboxRelayBeside: Benchmark = {
  name: 'outbox-relay-beside',
  async run(bench) {
    const theirs = moving(bench, byHand, 2, OTHER_BACKLOG);
    const { ratios, rates } = await compare(
      moving(bench, onKafka, 1, BACKLOG),
      theirs,
      bench.rounds,
      bench.progress,
    );
    const order = `${theirs.outOfOrder} of ${bench.rounds * OTHER_BACKLOG} events of theirs out of the order of their key, none of ours`;
    const how =
      'PostgreSQL to a handler on Kafka, 6 partitions, acks=all, idempotent; batches of 100 on their side';
    return [rowOf('outbox-relay-beside', ratios, BESIDE_GOAL, `${rates}; ${order}; ${how}`)];
  },
};

function relaying(name: string, side: OutboxSide): Benchmark {
  return {
    name,
    async run(bench) {
      const rates: number[] = [];
      for (let round = 0; round < bench.rounds; round++) {
        const { perSecond } = await moveBacklog(bench, side, { movers: 1, total: BACKLOG });
        rates.push(perSecond);
        bench.progress(`round ${round + 1}: ${rows(perSecond)}`);
      }
      const how = `a backlog of ${BACKLOG.toLocaleString('en-US')} rows in PostgreSQL, one relay, to a handler in another process`;
      return [
        rowOf(
          name,
          rates.map((rate) => rate / PER_SECOND),
          1,
          `${rows(median(rates))} of ${rows(PER_SECOND)}; ${how}`,
        ),
      ];
    },
  };
}

function ours(carrier: OutboxSide['carrier']): OutboxSide {
  return { name: `the relay, ${carrier}`, programs: 'tramline', store: 'postgres', carrier, inOrder: true };
}

function moving(
  bench: Bench,
  side: OutboxSide,
  movers: number,
  total: number,
): Side & Pick<Moved, 'outOfOrder'> {
  const mover = {
    name: side.name,
    outOfOrder: 0,
    async measure() {
      const { perSecond, outOfOrder } = await moveBacklog(bench, side, { movers, total });
      mover.outOfOrder += outOfOrder;
      return perSecond;
    },
  };
  return mover;
}

function rows(rate: number): string {
  return `${Math.round(rate).toLocaleString('en-US')} rows/s`;
}
