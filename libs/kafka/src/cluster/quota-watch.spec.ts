import { VirtualClock } from '@tramline/testing';
import { expect, it } from 'vitest';
import type { Log } from '@tramline/core';
import { QuotaWatch } from './quota-watch.js';

it('says at once that a quota holds us back, and then once a minute by how much', async () => {
  const lines: string[] = [];
  const log: Log = { debug() {}, info() {}, warn: (line) => void lines.push(line), error() {} };
  const clock = new VirtualClock();
  const quotas = new QuotaWatch(clock, log);
  quotas.heldBack('kafka-1:9092', 'shop', 250);
  for (let n = 0; n < 10; n++) {
    await clock.advance('5s');
    quotas.heldBack('kafka-2:9092', 'shop', 1_000);
  }
  expect(lines).toEqual([expect.stringContaining("holds client 'shop' back by a quota, for 250ms")]);
  await clock.advance('10s');
  quotas.heldBack('kafka-2:9092', 'shop', 1_000);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/^Kafka at kafka-2:9092 .*a quota, for 11s in the last minute/);
});
