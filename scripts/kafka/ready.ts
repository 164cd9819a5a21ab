import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

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

/** One request on a connection of its own; resolves to the body of the answer. */
function ask(port: number, key: number, version: number, body: Buffer): Promise<Buffer> {
  const head = Buffer.concat([int16(key), int16(version), int32(1), string('readiness')]);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed')));
    socket.on('connect', () => socket.write(Buffer.concat([int32(head.length + body.length), head, body])));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      const all = Buffer.concat(chunks);
      if (all.length < 4 || all.length < 4 + all.readInt32BE(0)) return;
      resolve(all.subarray(8));
      socket.destroy();
    });
  });
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function string(value: string): Buffer {
  return Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
}
