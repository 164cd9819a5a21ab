import { Dice, mix } from './dice.ts';
import type { HandlerSpec, Scenario, ServiceSpec, Temper, Version } from './scenario.ts';

const LADDERS: readonly (readonly number[])[] = [[1_000, 4_000, 15_000], [2_000, 10_000], [500]];

/** The scenario of a seed. */
export function drawScenario(seed: number): Scenario {
  const dice = new Dice(mix(seed, 'scenario'));
  const sessionTimeout = dice.pick([2_000, 4_000, 6_000]);
  return {
    seed,
    partitions: dice.pick([1, 1, 2, 2, 2, 3, 4]),
    batchSize: dice.pick([1, 3, 10, 30]),
    keys: dice.int(1, 8),
    skew: dice.pick([0, 0, 20, 5_000]),
    publishTimeout: dice.pick([400, 700, 3_000, 10_000]),
    services: Array.from({ length: dice.chance(0.4) ? 2 : 1 }, (_, index) =>
      drawService(dice, `svc${index}`),
    ),
    temper: drawTemper(dice),
    consumer: {
      concurrency: dice.pick([1, 3, 10, 256]),
      window: dice.pick([1, 3, 8, 20, 4_096]),
      commitInterval: dice.pick([300, 500, 1_500]),
      sessionTimeout,
      drainTimeout: dice.pick([0, 300, sessionTimeout / 2]),
      unknownHandlerWait: 12_000,
    },
    observed: dice.chance(0.3),
    restartAtEnd: dice.chance(0.25),
  };
}

/** Some seeds are of one mind: what hides behind noise elsewhere shows there. */
function drawTemper(dice: Dice): Temper {
  const weight = (usual: number) => (dice.chance(0.4) ? 0 : usual * dice.int(1, 3));
  return {
    quick: 10,
    slow: weight(3),
    flaky: weight(2),
    dying: weight(1),
    fatal: weight(0.5),
    discarding: weight(0.5),
    hanging: weight(0.4),
    late: weight(0.4),
  };
}

function drawService(dice: Dice, name: string): ServiceSpec {
  const ladder = dice.pick(LADDERS);
  const handlers = Array.from({ length: dice.int(1, 4) }, (_, index) =>
    drawHandler(dice, name, `${name}h${index}`, ladder),
  );
  // A group has one position on a topic: its handlers must agree where to begin.
  const startFrom = new Map(
    handlers.map(({ group }) => [group, dice.chance(0.2) ? 'latest' : 'earliest'] as const),
  );
  const agreed = handlers.map(
    (handler) =>
      ({ ...handler, startFrom: handler.broadcast ? 'latest' : startFrom.get(handler.group)! }) as const,
  );
  const versions: Version[] = [{ handlers: agreed, tiers: ladder }];
  for (let count = dice.int(0, 3); count > 0; count--)
    versions.push(change(dice, name, versions, versions.length));
  return { name, members: dice.int(1, 3), versions };
}

function drawHandler(dice: Dice, service: string, base: string, ladder: readonly number[]): HandlerSpec {
  const broadcast = dice.chance(0.08);
  const longest = ladder[ladder.length - 1]!;
  return {
    base,
    id: base,
    aliases: [],
    group: dice.chance(0.25) ? `${service}-own` : service,
    events: dice.pick([[0], [0], [0, 1], [1], [2], [0, 1, 2]]),
    inPlace: dice.int(1, 3),
    delays: Array.from({ length: dice.int(0, 3) }, () => dice.pick([...ladder, longest + 700])),
    onGateway: dice.pick(['dead', 'discard', 'retry', 'none']),
    batch: dice.chance(0.2) ? { size: dice.int(1, 5), wait: dice.pick([1, 50, 400]) } : undefined,
    concurrency: dice.pick([1, 2, 64]),
    timeout: dice.pick([1_000, 3_000, 8_000]),
    enabled: true,
    broadcast,
    startFrom: 'earliest',
  };
}

/** A later version: some handlers are added, removed, renamed or disabled, some settings differ. */
function change(dice: Dice, service: string, earlier: readonly Version[], number: number): Version {
  const last = earlier[earlier.length - 1]!;
  let handlers = [...last.handlers];
  let tiers = last.tiers;
  const replace = (old: HandlerSpec, by: Partial<HandlerSpec>) => {
    handlers = handlers.map((handler) => (handler === old ? { ...handler, ...by } : handler));
  };
  for (let count = dice.int(1, 2); count > 0; count--) {
    const one = dice.pick(handlers);
    switch (dice.pick(['add', 'remove', 'rename', 'disable', 'tiers', 'tiers', 'tune'] as const)) {
      case 'add': {
        const added = drawHandler(dice, service, `${service}v${number}h${count}`, last.tiers);
        const peer = handlers.find(({ group, broadcast }) => group === added.group && !broadcast);
        if (!added.broadcast) handlers.push({ ...added, startFrom: peer?.startFrom ?? 'earliest' });
        break;
      }
      case 'remove': {
        // A group without any handler left has nobody who could drain its tiers: that is an operator's business.
        const left = handlers.filter(
          (other) => other !== one && other.group === one.group && other.enabled && !other.broadcast,
        );
        if (left.length > 0) handlers = handlers.filter((other) => other !== one);
        break;
      }
      case 'rename':
        replace(one, { id: `${one.base}r${number}`, aliases: [...one.aliases, one.id] });
        break;
      case 'disable':
        replace(one, { enabled: false });
        break;
      case 'tiers':
        tiers = dice.pick(LADDERS.filter((ladder) => ladder !== tiers && ladder.length > 1));
        break;
      case 'tune':
        replace(one, { concurrency: dice.int(1, 4), inPlace: dice.int(1, 3) });
        break;
    }
  }
  return { handlers, tiers };
}
