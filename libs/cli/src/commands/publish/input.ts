import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CliError, EXIT, usageError } from '../../exit.js';
import type { Session } from '../../session.js';
import { linesOf, type Line } from './lines.js';

/** Payloads that can be gone through more than once: all are checked before the first is sent. */
export interface Input {
  /** They come from lines, which faults then name. */
  readonly isLines: boolean;
  lines(): AsyncIterable<Line>;
}

/**
 * Where the payloads come from. What can be read only once is kept in a temporary file, so that memory stays bounded.
 * @throws CliError
 */
export async function inputOf(
  session: Session,
  payload: string | undefined,
  file: string | undefined,
): Promise<Input> {
  if (payload !== undefined && file !== undefined) throw usageError('Give a payload or --file, not both.');
  if (payload !== undefined) return single(Buffer.from(payload));
  const { env } = session;
  if (file !== undefined && file !== '-') return fromFile(session, resolve(env.cwd, file));
  if (env.stdin.isTTY)
    throw usageError(
      'There is no payload. Give it as an argument: \'{"userId":"u1"}\', with --file, or through a pipe.',
    );
  return spooled(session, env.stdin.open());
}

const single = (bytes: Uint8Array): Input => ({
  isLines: false,
  async *lines() {
    yield { number: 1, bytes };
  },
});

async function fromFile(session: Session, path: string): Promise<Input> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new Error('it is a directory');
    if (!found.isFile()) return await spooled(session, createReadStream(path));
    if (path.endsWith('.json')) return single(await readFile(path));
    return { isLines: true, lines: () => linesOf(createReadStream(path)) };
  } catch (cause) {
    if (cause instanceof CliError || session.signal.aborted) throw cause;
    const message = `${path} cannot be read: ${(cause as Error).message}`;
    throw new CliError('TRAMLINE_USAGE', message, EXIT.usage, { cause });
  }
}

async function spooled(session: Session, input: NodeJS.ReadableStream): Promise<Input> {
  const folder = await mkdtemp(join(tmpdir(), 'tramline-publish-'));
  session.closing(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'payloads');
  await pipeline(input, createWriteStream(path, { mode: 0o600 }), { signal: session.signal }).catch(
    (error: unknown) => {
      session.signal.throwIfAborted();
      throw error;
    },
  );
  return { isLines: true, lines: () => linesOf(createReadStream(path)) };
}
