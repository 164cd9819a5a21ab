import { drawSchedule } from './scenario/draw-schedule.ts';
import { drawScenario } from './scenario/draw-scenario.ts';
import type { Step } from './scenario/steps.ts';
import type { Outcome } from './simulation.ts';
import { finish } from './world/finish.ts';
import { takeStep } from './world/take-step.ts';
import { World } from './world/world.ts';

/**
 * Runs a seed: its scenario, through its schedule, to its end.
 * @param steps - a part of the seed's schedule, to find out what a failure needs. Default: all of it.
 */
export async function simulate(seed: number, steps: readonly Step[] = drawSchedule(seed)): Promise<Outcome> {
  const world = new World(drawScenario(seed));
  const { trace } = world.oracle;
  const rejected = (reason: unknown) =>
    trace.broken('unhandled rejection', String((reason as Error)?.stack ?? reason));
  process.on('unhandledRejection', rejected);
  try {
    for (const service of world.scenario.services) {
      for (let count = service.members; count > 0; count--) world.start(service);
    }
    for (const step of steps) {
      await world.clock.advance(step.after);
      if (trace.violations.length > 0) break;
      trace.add(`STEP ${JSON.stringify(step)}`);
      takeStep(world, step);
    }
    if (trace.violations.length === 0) await finish(world);
  } catch (error) {
    trace.broken('simulation', String((error as Error)?.stack ?? error));
  } finally {
    process.off('unhandledRejection', rejected);
  }
  return { seed, violations: trace.violations, hash: trace.hash(), trace: trace.lines };
}
