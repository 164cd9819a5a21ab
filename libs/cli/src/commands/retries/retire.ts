import { duration } from '../../options/duration.js';
import type { Session } from '../../session.js';

export interface RetireFlags {
  readonly dryRun?: boolean;
}

export async function retireTier(
  session: Session,
  group: string,
  delay: string,
  { dryRun = false }: RetireFlags,
): Promise<void> {
  const delayMs = duration('delay', delay);
  const { retries } = await session.ops();
  const tier = await retries.retire(group, delayMs, { dryRun: true });
  if (!dryRun) {
    await session.confirm(`Delete the empty tier '${tier.topic}'?`);
    await retries.retire(group, delayMs);
  }
  await session.output.json({ dryRun, topic: tier.topic });
  await session.output.line(`${dryRun ? 'Would delete' : 'Deleted'} '${tier.topic}'.`);
}
