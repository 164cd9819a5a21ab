import { DeadLetters } from '@tramline/core/ops';
import type { World } from './world.ts';

/** Redrives all letters of a group; the process that does it may be killed after some milliseconds. */
export async function redrive(world: World, group: string, crashAfter: number | undefined): Promise<void> {
  const { redrives, trace } = world.oracle;
  const tool = world.tool();
  redrives.begins(group);
  if (crashAfter !== undefined) {
    world.clock.setTimer(crashAfter, () => {
      if (tool.state !== 'running') return;
      tool.crash();
      redrives.ends(group, true);
    });
  }
  let interrupted = false;
  try {
    const { redriven, repeated } = await new DeadLetters(tool.bus, group).redrive(
      {},
      { actor: 'simulation', rate: 1_000, maxRedrives: 2 },
    );
    trace.add(`redrove ${redriven} letters of ${group}, ${repeated} of them again`);
  } catch (error) {
    trace.add(`redrive of ${group} failed: ${(error as Error).message}`);
    interrupted = true;
  }
  redrives.ends(group, interrupted);
  tool.close();
}

/** With everything mended: a redrive that fails now has no excuse. */
export async function redriveAll(world: World, group: string): Promise<void> {
  const { oracle, clock } = world;
  if (oracle.trace.violations.length > 0 || !world.broker.topics.includes(`${group}.dead`)) return;
  const tool = world.tool();
  oracle.redrives.begins(group);
  let over = false;
  new DeadLetters(tool.bus, group).redrive({}, { actor: 'simulation', rate: 1_000, maxRedrives: 3 }).then(
    () => (over = true),
    (error: Error) => {
      over = true;
      oracle.trace.broken(
        'redrive',
        `with everything mended the redrive of ${group} failed: ${error.message}`,
      );
    },
  );
  await clock.runUntil(() => over, '2m');
  oracle.redrives.ends(group, false);
  tool.close();
}

/** Declares all letters of a group to be of no use. */
export async function discard(world: World, group: string): Promise<void> {
  const tool = world.tool();
  try {
    await new DeadLetters(tool.bus, group).discard({}, { actor: 'simulation', reason: 'drawn' });
  } catch (error) {
    world.oracle.trace.add(`discard of ${group} failed: ${(error as Error).message}`);
  }
  tool.close();
}
