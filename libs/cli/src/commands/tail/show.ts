import type { FoundEvent } from '@tramline/core/ops';
import { cut, shown } from '../../output/text.js';
import { instant } from '../../output/time.js';
import type { Session } from '../../session.js';

/** An event as `--json` writes it. `payload` is there when it is JSON, else `base64`; a tombstone has `payload: null`. */
export function eventJson({
  topic,
  partition,
  offset,
  timestamp,
  envelope,
  value,
  json,
  isJson,
}: FoundEvent) {
  const { id, type, source, key, time, correlationId, causationId, headers } = envelope;
  return {
    ...{ topic, partition, offset, timestamp, id, type, source, key },
    time: time?.toISOString() ?? null,
    correlationId: correlationId ?? null,
    causationId: causationId ?? null,
    headers,
    ...(isJson || value === null
      ? { payload: json ?? null }
      : { base64: Buffer.from(value).toString('base64') }),
  };
}

/** An event as a line, within the terminal. */
export function eventLine(event: FoundEvent, { output, env }: Session): string {
  const { topic, partition, offset, timestamp, envelope, value, json, isJson } = event;
  const { type, key } = envelope;
  const place = type === topic ? `${partition}/${offset}` : `${topic}/${partition}/${offset}`;
  const payload = value === null ? '(no value)' : isJson ? JSON.stringify(json) : `(${value.length} bytes)`;
  const head = `${instant(timestamp)} ${output.paint(36, shown(type))} ${place} ${output.paint(33, keyText(key))}`;
  const plain = `${instant(timestamp)} ${shown(type)} ${place} ${keyText(key)}`;
  return `${head} ${cut(shown(payload), Math.max(20, env.stdout.columns - plain.length - 1))}`;
}

const keyText = (key: string | null): string => (key === null ? '-' : shown(key));
