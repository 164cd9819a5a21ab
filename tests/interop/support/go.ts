import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from '../../../scripts/kafka/cache.ts';
import { run } from './command.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const MODULE = 'tests/interop/peers/go';

const FILES = {
  'go.mod': `${MODULE}/go.mod`,
  'go.sum': `${MODULE}/go.sum`,
  'peer/main.go': `${MODULE}/peer.go`,
  'publish/main.go': 'docs/snippets/hello/publish.go',
  'receive/main.go': 'docs/snippets/hello/receive.go',
};

export type GoProgram = 'peer' | 'publish' | 'receive';

/** A program that uses sarama, compiled when it changed and kept outside of the repository. */
export async function goProgram(name: GoProgram): Promise<string> {
  const sources = Object.entries(FILES).map(([target, source]) => ({
    target,
    text: readFileSync(join(ROOT, source), 'utf8'),
  }));
  const version = createHash('sha256').update(JSON.stringify(sources)).digest('hex').slice(0, 12);
  const folder = await cachedFolder(`sarama-${version}`, async (making) => {
    const module = join(making, 'module');
    for (const { target, text } of sources) {
      mkdirSync(join(module, target, '..'), { recursive: true });
      writeFileSync(join(module, target), text);
    }
    await run(['go', '-C', module, 'build', '-o', `${making}/`, './peer', './publish', './receive']);
    rmSync(module, { recursive: true });
  });
  return join(folder, name);
}
