import type { Outcome } from '../simulation.ts';
import { checkProgress } from './oracle/progress.ts';
import { drawScenario } from './scenario/scenario.ts';
import { drawSchedule } from './scenario/draw-schedule.ts';
import type { Step } from './scenario/steps.ts';
import { finish } from './world/finish.ts';
import { takeStep } from './world/take-step.ts';
import { World } from './world/world.ts';

/** Runs a seed of the outbox: see `simulate` of the runtime, whose sibling this is. */
export async function simulate(seed: number, steps: readonly Step[] = drawSchedule(seed)): Promise<Outcome> {
  const world = new World(drawScenario(seed));
  const { trace } = world.oracle;
  const rejected = (reason: unknown) =>
    trace.broken('unhandled rejection', String((reason as Error)?.stack ?? reason));
  process.on('unhandledRejection', rejected);
  try {
    for (let count = world.scenario.processes; count > 0; count--) world.start();
    for (const step of steps) {
      await world.clock.advance(step.after);
      if (trace.violations.length > 0) break;
      trace.add(`STEP ${JSON.stringify(step)}`);
      await takeStep(world, step);
      checkProgress(world);
    }
    if (trace.violations.length === 0) await finish(world);
  } catch (error) {
    trace.broken('simulation', String((error as Error)?.stack ?? error));
  } finally {
    process.off('unhandledRejection', rejected);
  }
  return { seed, violations: trace.violations, hash: trace.hash(), trace: trace.lines };
}
