import { systemClock, type Log } from '@tramline/core';
import { expect, it } from 'vitest';
import { QuotaWatch } from './quota-watch.js';

it('says at once that a quota holds us back, and then once a minute by how much', () => {
  const lines: string[] = [];
  const log: Log = { debug() {}, info() {}, warn: (line) => void lines.push(line), error() {} };
  let at = 0;
  const told: [string, number][] = [];
  const throttled = (...one: [string, number]) => void told.push(one);
  const quotas = new QuotaWatch({ clock: { ...systemClock, monotonic: () => at }, log, throttled });
  quotas.heldBack('kafka-1:9092', 'shop', 250);
  for (at = 5_000; at < 60_000; at += 5_000) quotas.heldBack('kafka-2:9092', 'shop', 1_000);
  expect(lines).toEqual([expect.stringContaining("holds client 'shop' back by a quota, for 250ms")]);
  quotas.heldBack('kafka-2:9092', 'shop', 1_000);
  expect(lines).toHaveLength(2);
  // Whoever watches hears of each.
  expect(told).toHaveLength(13);
  expect(told[0]).toEqual(['kafka-1:9092', 250]);
  expect(lines[1]).toMatch(/^Kafka at kafka-2:9092 .*, for 12s in the last minute/);
});
