import { Dice, mix } from './dice.ts';
import type { Applied, Step, StepKind, TopicKind } from './steps.ts';

type Draw = (dice: Dice) => Omit<Step, 'after'>;

/** How often a kind of step is taken, and how it is made. */
const KINDS: Readonly<Record<StepKind, readonly [weight: number, draw: (dice: Dice) => object]>> = {
  publish: [30, (dice) => ({ who: dice.int(0, 9), events: dice.int(1, 6), dice: dice.int(0, 1e9) })],
  foreign: [
    2,
    (dice) => ({
      what: dice.pick(['garbage', 'plain', 'mystery', 'tombstone', 'in-tier']),
      dice: dice.int(0, 1e9),
    }),
  ],
  start: [3, (dice) => ({ who: dice.int(0, 9) })],
  stop: [5, (dice) => ({ who: dice.int(0, 9) })],
  crash: [5, (dice) => ({ who: dice.int(0, 9), restart: dice.chance(0.7) ? dice.int(0, 3_000) : undefined })],
  pause: [4, (dice) => ({ who: dice.int(0, 9), for: dice.int(50, 12_000) })],
  cut: [3, (dice) => ({ who: dice.int(0, 9), for: dice.int(50, 10_000) })],
  outage: [2, (dice) => ({ for: dice.int(50, 6_000) })],
  expire: [2, (dice) => ({ who: dice.int(0, 9) })],
  deploy: [3, (dice) => ({ who: dice.int(0, 9), version: dice.int(0, 9), rough: dice.chance(0.3) })],
  canary: [
    4,
    (dice) => ({
      who: dice.int(0, 9),
      version: dice.int(0, 9),
      for: dice.int(1_000, 12_000),
      rough: dice.chance(0.5),
    }),
  ],
  grow: [1.5, (dice) => ({ who: dice.int(0, 9) })],
  jump: [1.5, (dice) => ({ by: dice.pick([-3_600_000, -20_000, -2_000, 2_000, 20_000, 3_600_000]) })],
  'fail-append': [
    6,
    (dice) => ({
      topic: topicKind(dice),
      times: dice.pick([1, 3, 15]),
      applied: applied(dice),
      late: dice.int(1, 4_000),
    }),
  ],
  'too-large': [1.5, (dice) => ({ topic: dice.pick(['event', 'tier', 'dead']), times: dice.int(1, 3) })],
  'fail-commit': [4, (dice) => ({ times: dice.int(1, 3), applied: applied(dice), late: dice.int(1, 4_000) })],
  'fail-metadata': [1, (dice) => ({ times: dice.int(1, 2) })],
  'fail-fetch': [2, (dice) => ({ times: dice.int(1, 4) })],
  'fail-ask': [2, (dice) => ({ what: dice.pick(['topics', 'groups', 'read']), times: dice.int(1, 4) })],
  'double-append': [2, (dice) => ({ topic: topicKind(dice), times: dice.int(1, 3) })],
  'double-delivery': [2, (dice) => ({ who: dice.int(0, 9), times: dice.int(1, 3) })],
  redrive: [4, (dice) => ({ who: dice.int(0, 9), crash: dice.chance(0.3) ? dice.int(0, 30) : undefined })],
  discard: [0.5, (dice) => ({ who: dice.int(0, 9) })],
  'foreign-commit': [
    1,
    (dice) => ({ who: dice.int(0, 9), what: dice.pick(['noise', 'beyond-end']), dice: dice.int(0, 1e9) }),
  ],
};

/** What happens in a seed, one step after the other. Each seed knows only some kinds of trouble (swarm testing). */
export function drawSchedule(seed: number): readonly Step[] {
  const dice = new Dice(mix(seed, 'schedule'));
  const share = dice.pick([0, 0.15, 0.3, 0.5, 0.8]);
  const kinds = (Object.keys(KINDS) as StepKind[]).filter((kind) => kind === 'publish' || dice.chance(share));
  const weights = kinds.map((kind) => [kind, KINDS[kind][0]] as const);
  const count = dice.int(8, 28);
  return Array.from({ length: count }, () => {
    const kind = dice.weighted(weights);
    const after = dice.weighted([
      [0, 2],
      [dice.int(1, 60), 3],
      [dice.int(60, 1_200), 4],
      [dice.int(1_200, 5_000), 1],
    ]);
    return { after, kind, ...KINDS[kind][1](dice) } as Step & ReturnType<Draw>;
  });
}

function topicKind(dice: Dice): TopicKind {
  return dice.weighted([
    ['event', 5],
    ['tier', 4],
    ['now', 1],
    ['dead', 3],
    ['dead-state', 1],
    ['state', 1],
  ]);
}

function applied(dice: Dice): Applied {
  return dice.pick(['never', 'never', 'now', 'late']);
}
