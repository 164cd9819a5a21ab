import { setTimeout as sleep } from 'node:timers/promises';
import { ask, int32, string } from './wire.ts';

/** Kafka's protocol, as much of it as tells whether consumers can begin. */
const FIND_COORDINATOR = 10;
const DESCRIBE_GROUPS = 15;
const ANY_GROUP = 'tramline-readiness';

/**
 * Waits until the broker's group coordinator answers. A port opens seconds before that, and what comes in between is
 * refused.
 * @throws Error when it takes longer than `timeoutMs`
 */
export async function untilReady(port: number, timeoutMs: number, isRunning: () => boolean): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let last = 'it was not asked yet';
  while (performance.now() < deadline) {
    if (!isRunning()) throw new Error('Kafka ended while it started.');
    try {
      if (await coordinates(port)) return;
      last = 'its group coordinator is not ready';
    } catch (error) {
      last = (error as Error).message;
    }
    await sleep(100);
  }
  throw new Error(`Kafka on port ${port} was not ready after ${timeoutMs} ms: ${last}.`);
}

async function coordinates(port: number): Promise<boolean> {
  const group = string(ANY_GROUP);
  const found = await ask(port, FIND_COORDINATOR, 1, Buffer.concat([group, Buffer.of(0)]));
  if (found.readInt16BE(4) !== 0) return false;
  // After the error: its message, node, host, port. The coordinator may be another broker.
  const host = 12 + Math.max(0, found.readInt16BE(6));
  const coordinatorPort = found.readInt32BE(host + 2 + found.readInt16BE(host));
  const described = await ask(coordinatorPort, DESCRIBE_GROUPS, 0, Buffer.concat([int32(1), group]));
  return described.readInt16BE(4) === 0;
}
