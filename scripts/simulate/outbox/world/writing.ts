import { sleep } from '@tramline/core';
import type { ModelTransaction } from '@tramline/testing/outbox';
import type { Dice } from '../../scenario/dice.ts';
import { CONTRACTS } from '../scenario/scenario.ts';
import type { SimService } from './sim-service.ts';
import type { World } from './world.ts';

const WEIGHT = 'x'.repeat(500_000);

/** How one transaction goes. */
export interface Writing {
  readonly events: number;
  /** How long it stays open after its last event. */
  readonly open: number;
  readonly dice: Dice;
  /** Index of a contract. Default: any. */
  readonly contract?: number;
  /** Default: some with every option. */
  readonly plain?: boolean;
}

/** Runs a transaction that publishes, in calls of one or several events, and ends one way or the other. Never rejects. */
export async function write(world: World, process: SimService, writing: Writing): Promise<void> {
  const { dice } = writing;
  process.writing++;
  let tx: ModelTransaction | undefined;
  try {
    tx = await process.store.begin();
    for (let left = writing.events; left > 0;) {
      const count = Math.min(left, dice.int(1, 3));
      left -= count;
      if (!writing.plain && dice.chance(0.1))
        await tx.behindSavepoint(() => publish(world, process, tx!, count, writing));
      else await publish(world, process, tx, count, writing);
      if (dice.chance(0.3)) await sleep(process.clock, dice.int(0, 40));
    }
    if (writing.open > 0) await sleep(process.clock, writing.open);
    if (!writing.plain && dice.chance(0.15)) await tx.rollback();
    else await tx.commit();
  } catch (error) {
    world.oracle.trace.add(`a transaction of ${process.name} failed: ${(error as Error).message}`);
    await tx?.rollback().catch(() => undefined);
  }
  process.writing--;
}

async function publish(
  world: World,
  process: SimService,
  tx: ModelTransaction,
  count: number,
  { dice, contract, plain }: Writing,
): Promise<void> {
  const delay = !plain && dice.chance(0.12) ? dice.int(1, 15_000) : undefined;
  const ordered = plain || !dice.chance(0.1);
  const list = Array.from({ length: count }, () => {
    const n = world.nextEvent();
    const ref = CONTRACTS[contract ?? dice.int(0, CONTRACTS.length - 1)]!;
    const k = dice.chance(0.1) ? null : `k${dice.int(1, world.scenario.keys)}`;
    const id = `e${n}`;
    const large = !plain && dice.chance(0.03);
    world.oracle.written({ id, topic: ref.topic, key: k, ordered: ordered && delay === undefined, large });
    const text = world.scenario.heavy && dice.chance(0.6) ? WEIGHT : undefined;
    return [ref, { k, n, ...(text !== undefined && { text }) }, { id }] as const;
  });
  world.oracle.trace.add(`${process.name} writes ${list.map(([, , { id }]) => id).join(', ')}`);
  await process.bus.outbox.publishAll(tx, list, { ordered, ...(delay !== undefined && { delay }) });
}
