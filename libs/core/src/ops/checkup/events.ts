import { toEnvelope } from '../../envelope/to-envelope.js';
import { ok, type Finding, type Scene } from './finding.js';

/** How many of the newest records of a partition are looked at for their types. */
const NEWEST = 200;

/** Whether what is handled is published, and the other way round, as far as the newest records tell. */
export async function checkEvents(scene: Scene): Promise<Finding[]> {
  const { services } = scene;
  if (services.length === 0) return [];
  const seen = await seenTypes(scene);
  const handled = new Map<string, string>();
  for (const { handlers } of services)
    for (const { place, contracts } of handlers) for (const { type } of contracts) handled.set(type, place);
  const unpublished = [...handled].filter(([type]) => !seen.has(type));
  const unhandled = [...seen].filter(([type]) => !handled.has(type));
  const findings: Finding[] = [
    ...unpublished.map(([type, place]) => ({
      ...({ check: 'events', level: 'hint' } as const),
      message: `${place} handles '${type}', and no such event lies in the log.`,
      fix: 'Check the name of the event at its publisher, and the namespace of both.',
    })),
    ...unhandled.map(([type, topic]) => ({
      ...({ check: 'events', level: 'hint' } as const),
      message: `Events '${type}' lie in topic '${topic}', and no handler of the configured applications takes them.`,
      fix: "If one should, check its @OnEvent; if its application is missing here, add it to 'app' in tramline.config.ts.",
    })),
  ];
  return findings.length > 0
    ? findings
    : [ok('events', 'What is handled is published, and what is published is handled.')];
}

/** Types of the newest records, and a topic where each lies. */
async function seenTypes({ parts, topics }: Scene): Promise<ReadonlyMap<string, string>> {
  const { transport, naming } = parts;
  const seen = new Map<string, string>();
  for (const { fullName, kind } of topics) {
    if (kind !== 'events') continue;
    for (const { partition, earliest, end } of await transport.topics.offsets(fullName)) {
      const range = { topic: fullName, partition, from: Math.max(earliest, end - NEWEST), to: end };
      if (range.from >= range.to) continue;
      for await (const batch of transport.read(range))
        for (const record of batch) seen.set(toEnvelope(record, naming).type, fullName);
    }
  }
  return seen;
}
