import {
  silentLog,
  systemClock,
  systemRandom,
  type OutgoingRecord,
  type Transport,
  type TransportEnvironment,
} from '@tramline/core';
import { onTestFinished } from 'vitest';
import { embedded } from '../embedded.js';
import type { EmbeddedOptions } from '../options.js';

const environment: TransportEnvironment = {
  clock: systemClock,
  random: systemRandom,
  log: silentLog,
  clientId: 'spec',
};

/** Opens a transport that is closed when the test ends. */
export function openTransport(options: EmbeddedOptions, over: Partial<TransportEnvironment> = {}): Transport {
  const transport = embedded(options).open({ ...environment, ...over });
  onTestFinished(() => transport.close());
  return transport;
}

export function textRecord(value: string, over: Partial<OutgoingRecord> = {}): OutgoingRecord {
  return { key: Buffer.from(`key of ${value}`), value: Buffer.from(value), headers: [], ...over };
}

/** Appends texts to a partition as one unit. */
export function append(transport: Transport, topic: string, partition: number, ...values: string[]) {
  return transport.append(
    { topic, partition },
    values.map((value) => textRecord(value)),
    { timeoutMs: 20_000 },
  );
}

/** All values of a partition as text. */
export async function readAll(transport: Transport, topic: string, partition: number): Promise<string[]> {
  const values: string[] = [];
  for await (const batch of transport.read({ topic, partition, from: 0, to: Number.MAX_SAFE_INTEGER })) {
    values.push(...batch.map((record) => Buffer.from(record.value ?? []).toString()));
  }
  return values;
}

/** The error that `work` is refused with. */
export async function refusal(work: Promise<unknown>): Promise<Error & { code?: string; outcome?: string }> {
  return work.then(
    () => {
      throw new Error('expected to be refused');
    },
    (error: Error) => error,
  );
}
