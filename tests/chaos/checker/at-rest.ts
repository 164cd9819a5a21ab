import { GroupOps } from '@tramline/core/ops';
import { GROUPS, type ChaosWorld } from '../world/chaos-world.ts';

/** How much is on its way: events that a group has not done, in tiers too, and rows that a relay has not moved. By name, none where nothing is. */
export async function onItsWay(world: ChaosWorld): Promise<Map<string, number>> {
  const amounts = new Map<string, number>();
  const note = (what: string, amount: number) => void (amount > 0 && amounts.set(what, amount));
  const { transport, naming, clock, random, log, observations } = world.bus;
  const groups = new GroupOps({ transport, naming, clock, random, log, observations, outbox: undefined });
  for (const group of GROUPS) note(`lag of ${group}`, (await groups.describe(group)).lag);
  for (const schema of ['registration', 'points']) {
    const { rows } = await world.database.sample.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${schema}.tramline_outbox`,
    );
    note(`outbox of ${schema}`, rows[0]!.count);
  }
  const { backlog, held, scheduled } = await world.bus.outbox.status();
  note('outbox of witness', backlog + held + scheduled);
  return amounts;
}
