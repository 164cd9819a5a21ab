import { TramlineError } from '../errors.js';
import type { Log } from '../log/log.js';
import type { TopicSpec } from '../transport/admin.js';
import type { Transport } from '../transport/transport.js';
import { differencesOf } from './differences.js';

export type TopologyMode = 'create' | 'verify' | 'off';

/** With `topology: 'verify'`: topics are missing or not as they must be. */
export class TopologyError extends TramlineError {
  readonly code = 'TRAMLINE_TOPOLOGY';

  /** @param differences - one sentence for each */
  constructor(readonly differences: readonly string[]) {
    super(
      `Topics are not as they must be:\n${differences.map((text) => `  - ${text}`).join('\n')}\n` +
        `'tramline topics apply' makes what is missing and mends settings where nothing can be lost by it; a start with topics.topology: 'create' makes what is missing.`,
    );
  }
}

/**
 * Makes topics (`create`) or checks them (`verify`). With `create` an existing topic that differs
 * is left as it is, and a warning says how it differs.
 * @throws TopologyError | TransportError
 */
export async function ensureTopics(
  specs: readonly TopicSpec[],
  mode: TopologyMode,
  transport: Transport,
  log: Log,
): Promise<void> {
  const creates = mode === 'create' || transport.capabilities.alwaysCreates;
  if (specs.length === 0) return;
  if (creates) await transport.topics.create(specs);
  const found = new Map(
    (await transport.topics.describe(specs.map(({ name }) => name))).map((topic) => [topic.name, topic]),
  );
  const differences = specs.flatMap((spec) => {
    const topic = found.get(spec.name);
    if (!topic) return [`'${spec.name}' does not exist.`];
    return differencesOf(spec, topic, transport).map(({ text }) => text);
  });
  if (differences.length === 0) return;
  if (!creates) throw new TopologyError(differences);
  for (const difference of differences) log.warn(difference);
}
