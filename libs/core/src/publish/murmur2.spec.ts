import { expect, it } from 'vitest';
import { murmur2 } from './murmur2.js';
import { murmurPartitioner } from './partitioner.js';

const bytes = (text: string) => Buffer.from(text, 'utf8');

// Values of Kafka's own test, clients/src/test/java/org/apache/kafka/common/utils/UtilsTest.java, testMurmur2.
it.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('hashes %s as the Java client does', (text, hash) => {
  expect(murmur2(bytes(text))).toBe(hash);
});

it('chooses partitions as the Java client does: the sign bit is cleared, not the sign turned', () => {
  expect(murmurPartitioner(bytes('foobar'), 6, 't')).toBe((-790332482 & 0x7fffffff) % 6);
  expect(murmurPartitioner(bytes(''), 1, 't')).toBe(0);
});
