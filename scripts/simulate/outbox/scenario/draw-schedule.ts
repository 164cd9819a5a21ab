import type { Statement } from '@tramline/testing/outbox';
import { Dice, mix } from '../../scenario/dice.ts';
import type { Step, StepKind } from './steps.ts';

const APPLIED = ['never', 'never', 'now', 'late'] as const;

/** Those whose late effect could do harm come more often. */
const OF_RELAYS: readonly Statement[] = [
  ...(['settle', 'hold', 'lift', 'release', 'claim'] as const),
  ...(['settle', 'hold', 'lift', 'release', 'claim'] as const),
  ...([
    'beat',
    'beat',
    'beat',
    'horizon',
    'pending',
    'pending',
    'holds',
    'bury',
    'promote',
    'leave',
  ] as const),
];
const OF_WRITERS: readonly Statement[] = ['begin', 'insert', 'commit', 'rollback'];

/** How often a kind of step is taken, and how it is made. */
const KINDS: Readonly<Record<StepKind, readonly [weight: number, draw: (dice: Dice) => object]>> = {
  write: [
    30,
    (dice) => ({
      who: dice.int(0, 9),
      events: dice.int(1, 5),
      open: dice.weighted([
        [0, 5],
        [dice.int(1, 300), 3],
        [dice.int(300, 20_000), 1],
      ]),
      dice: dice.int(0, 1e9),
    }),
  ],
  rush: [5, (dice) => ({ who: dice.int(0, 9), writers: dice.int(2, 6), dice: dice.int(0, 1e9) })],
  unrelated: [1, (dice) => ({ who: dice.int(0, 9), for: dice.int(1_000, 60_000) })],
  start: [3, () => ({})],
  stop: [4, (dice) => ({ who: dice.int(0, 9) })],
  crash: [
    5,
    (dice) => ({
      who: dice.int(0, 9),
      openFor: dice.pick([0, 0, 500, 10_000]),
      restart: dice.chance(0.7) ? dice.int(0, 3_000) : undefined,
    }),
  ],
  pause: [
    8,
    (dice) => ({
      who: dice.int(0, 9),
      for: dice.int(50, 25_000),
      lead: dice.pick([undefined, 2, 40, 150, 600]),
      dice: dice.int(0, 1e9),
    }),
  ],
  'cut-database': [2, (dice) => ({ who: dice.int(0, 9), for: dice.int(50, 20_000) })],
  'cut-broker': [3, (dice) => ({ who: dice.int(0, 9), for: dice.int(50, 15_000) })],
  'database-away': [2, (dice) => ({ for: dice.int(10, 8_000) })],
  'broker-away': [2, (dice) => ({ for: dice.int(50, 20_000) })],
  'fail-statement': [
    8,
    (dice) => ({
      statement: statement(dice),
      times: dice.int(1, 3),
      applied: dice.pick(APPLIED),
      late: dice.pick([5, 100, 2_000, 8_000]),
    }),
  ],
  conflict: [2, (dice) => ({ statement: dice.pick([...OF_RELAYS, ...OF_WRITERS]), times: dice.int(1, 3) })],
  'slow-statement': [
    8,
    (dice) => ({
      // Where what a relay believes hangs on how long the answer took.
      statement: dice.weighted<Statement | 'any'>([
        ['hold', 3],
        ['beat', 4],
        ['settle', 3],
        [statement(dice), 8],
      ]),
      times: dice.int(1, 4),
      stall: dice.pick([0, 10, 500, 1_500, 4_000, 4_000, 20_000]),
      answer: dice.pick([0, 10, 500, 2_500, 4_000, 20_000]),
    }),
  ],
  'fail-append': [
    8,
    (dice) => ({
      topic: dice.int(0, 9),
      times: dice.pick([1, 3, 15]),
      applied: dice.pick(APPLIED),
      late: dice.int(1, 8_000),
    }),
  ],
  refuse: [
    7,
    (dice) => ({
      who: dice.int(0, 9),
      topic: dice.int(0, 9),
      times: dice.pick([1, 1, 2, 5, 30]),
      answer: dice.pick([0, 0, 200, 450, 900]),
      lift: dice.pick([undefined, undefined, undefined, 300, 900, 2_000]),
      dice: dice.int(0, 1e9),
    }),
  ],
  'topic-missing': [2, (dice) => ({ topic: dice.int(0, 9), for: dice.int(50, 20_000) })],
  'partition-away': [5, (dice) => ({ topic: dice.int(0, 9), for: dice.int(2_000, 30_000) })],
  'topic-slow': [
    13,
    (dice) => ({
      who: dice.int(0, 9),
      topic: dice.int(0, 9),
      for: dice.int(4_000, 15_000),
      takes: dice.pick([1_150, 1_900, 3_000, 4_900]),
      dice: dice.int(0, 1e9),
    }),
  ],
  jump: [1.5, (dice) => ({ by: dice.pick([-3_600_000, -20_000, 20_000, 3_600_000]) })],
  revive: [1, (dice) => ({ who: dice.int(0, 9) })],
  wait: [3, (dice) => ({ for: dice.int(1_000, 20_000) })],
};

/** What happens in a seed, one step after the other. Each seed knows only some kinds of trouble (swarm testing). */
export function drawSchedule(seed: number): readonly Step[] {
  const dice = new Dice(mix(seed, 'outbox schedule'));
  const share = dice.pick([0, 0.15, 0.3, 0.5, 0.8]);
  const always: readonly StepKind[] = ['write', 'rush', 'wait'];
  const kinds = (Object.keys(KINDS) as StepKind[]).filter(
    (kind) => always.includes(kind) || dice.chance(share),
  );
  const weights = kinds.map((kind) => [kind, KINDS[kind][0]] as const);
  return Array.from({ length: dice.int(8, 26) }, () => {
    const kind = dice.weighted(weights);
    const after = dice.weighted([
      [0, 2],
      [dice.int(1, 60), 4],
      [dice.int(60, 1_500), 4],
      [dice.int(1_500, 6_000), 1],
    ]);
    return { after, kind, ...KINDS[kind][1](dice) } as Step;
  });
}

function statement(dice: Dice): Statement | 'any' {
  return dice.weighted([
    [dice.pick(OF_RELAYS), 6],
    [dice.pick(OF_WRITERS), 2],
    ['any', 2],
  ]);
}
