import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds of CPU that this process takes within the next `ms`. */
export async function cpuMillisecondsIn(ms: number): Promise<number> {
  const before = process.cpuUsage();
  await sleep(ms);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
