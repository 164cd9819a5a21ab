import { Dice } from '../scenario/dice.ts';
import { CONTRACTS } from '../scenario/scenario.ts';
import type { Step } from '../scenario/steps.ts';
import { canary, crash, deploy, start } from './deployments.ts';
import { doubleAppend, failAppends, faultOf, grow, refuseLarge, refuseMetadata } from './faults.ts';
import { discard, redrive } from './operators.ts';
import { foreign, foreignCommit } from './strangers.ts';
import type { World } from './world.ts';

/** Does what a step says. What it does to whom depends on who is there; a step that finds nobody does nothing. */
export function takeStep(world: World, step: Step): void {
  const { broker, clock, members, groups } = world;
  const chosen = 'who' in step ? members[step.who % Math.max(1, members.length)] : undefined;
  const group = 'who' in step ? groups[step.who % Math.max(1, groups.length)] : undefined;
  switch (step.kind) {
    case 'publish':
      return publish(world, step.who, step.events, new Dice(step.dice));
    case 'foreign':
      return foreign(world, step.what, new Dice(step.dice));
    case 'start':
      return start(world, step.who);
    case 'stop':
      return chosen?.close();
    case 'crash':
      return chosen && crash(world, chosen, step.restart);
    case 'pause':
      chosen?.freeze();
      return void clock.setTimer(step.for, () => chosen?.isAlive && chosen.clock.frozen && chosen.thaw());
    case 'cut':
      chosen?.cut(true);
      return void clock.setTimer(step.for, () => chosen?.isAlive && chosen.cut(false));
    case 'outage':
      for (const process of world.processes) process.troubles++;
      broker.setAway(true);
      return void clock.setTimer(step.for, () => broker.setAway(false));
    case 'expire':
      for (const process of world.processes) process.troubles++;
      return group === undefined ? undefined : broker.expireSessions(group);
    case 'deploy':
      return deploy(world, step.who, step.version, step.rough);
    case 'canary':
      return canary(world, step.who, step.version, step.for, step.rough);
    case 'grow':
      return grow(world, step.who);
    case 'jump':
      world.oracle.journal.jumps++;
      return clock.jump(step.by);
    case 'fail-append':
      return failAppends(world, step);
    case 'too-large':
      return refuseLarge(world, step.topic, step.times);
    case 'fail-commit':
      return broker.failNext('commit', faultOf(step.applied, step.late), { times: step.times });
    case 'fail-metadata':
      return refuseMetadata(world, step.times);
    case 'fail-fetch':
      return broker.failNext('fetch', {}, { times: step.times });
    case 'fail-ask':
      return broker.failNext(step.what, {}, { times: step.times });
    case 'double-append':
      return doubleAppend(world, step.topic, step.times);
    case 'double-delivery':
      return chosen?.deliverTwice(step.times);
    case 'redrive':
      return void (group !== undefined && redrive(world, group, step.crash));
    case 'discard':
      return void (group !== undefined && discard(world, group));
    case 'foreign-commit':
      return group === undefined ? undefined : foreignCommit(world, group, step.what, new Dice(step.dice));
  }
}

function publish(world: World, who: number, events: number, dice: Dice): void {
  const candidates = [...world.members, world.publisher];
  const process = candidates[who % candidates.length]!;
  for (let left = events; left > 0; left--) {
    const k = `k${dice.int(1, world.scenario.keys)}`;
    process.publish(dice.int(0, CONTRACTS.length - 1), { k, n: world.nextEvent() });
  }
}
