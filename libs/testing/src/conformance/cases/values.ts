import assert from 'node:assert/strict';
import { recordBytes, type OutgoingRecord, type StoredRecord } from '@tramline/core';
import { hex, plain } from '../context.js';
import type { CaseContext } from '../context.js';
import type { ConformanceCase } from '../suite.js';

const bytes = (...values: number[]) => Uint8Array.from(values);
const utf8 = (value: string) => Buffer.from(value, 'utf8');
const every = Uint8Array.from({ length: 256 }, (_, value) => value);
const record = (over: Partial<OutgoingRecord>): OutgoingRecord => ({
  key: null,
  value: null,
  headers: [],
  ...over,
});

export const valueCases: readonly ConformanceCase[] = [
  {
    name: 'values: keys and values that are null, empty or binary come back as they were',
    run: (context) =>
      sameAgain(context, [
        record({ key: null, value: null }),
        record({ key: bytes(), value: bytes() }),
        record({ key: null, value: bytes() }),
        record({ key: bytes(), value: null }),
        record({ key: every, value: every }),
        record({ key: bytes(0, 0xff, 0xc3, 0x28), value: bytes(0) }),
        record({ key: utf8('ключ 🔑'), value: utf8('{"name":"Zoë 漢字 😀"}') }),
      ]),
  },
  {
    name: 'values: headers keep null, empty and binary values',
    run: (context) =>
      sameAgain(context, [
        record({
          value: utf8('x'),
          headers: [
            ['null', null],
            ['empty', bytes()],
            ['binary', every],
            ['invalid utf-8', bytes(0xc3, 0x28)],
          ],
        }),
      ]),
  },
  {
    name: 'values: headers keep their order and their repeats',
    run: (context) =>
      sameAgain(context, [
        record({
          value: utf8('x'),
          headers: [
            ['b', utf8('1')],
            ['a', utf8('2')],
            ['b', utf8('3')],
            ['b', utf8('3')],
            ['a', null],
          ],
        }),
        record({ value: utf8('no headers at all') }),
      ]),
  },
  {
    name: 'values: header names may be unicode, long, or names that JavaScript objects treat specially',
    run: (context) =>
      sameAgain(context, [
        record({
          value: utf8('x'),
          headers: [
            ['ключ 漢字 😀', utf8('значение')],
            ['__proto__', utf8('1')],
            ['constructor', utf8('2')],
            ['7', utf8('numeric')],
            ['a', utf8('after numeric')],
            ['n'.repeat(1_000), utf8('long')],
          ],
        }),
      ]),
  },
  {
    name: 'values: a value of 900 KiB goes through by default',
    run: (context) =>
      sameAgain(context, [
        record({
          key: utf8('large'),
          value: Uint8Array.from({ length: 900 * 1_024 }, (_, index) => (index * 31) % 251),
        }),
      ]),
  },
];

/** Appends the records, and expects the same from `read` and from a consumer. */
async function sameAgain(context: CaseContext, records: readonly OutgoingRecord[]): Promise<void> {
  const transport = context.open();
  const topic = await context.topic(transport);
  await context.append(transport, topic, 0, ...records);
  const expected = records.map(plain);
  const read = await context.read(transport, { topic, partition: 0 });
  assert.deepEqual(read.map(plain), expected);
  const member = context.join(transport, { group: context.name('group'), topics: [topic] });
  await context.until('all records are delivered', () => member.seen.length >= records.length);
  assert.deepEqual(member.seen.map(plain), expected);
  for (const one of [...read, ...member.seen]) shortcutsAgree(one);
}

/** What a record may answer without being decoded is what its parts say. */
function shortcutsAgree(stored: StoredRecord): void {
  const { key, value, headers } = stored;
  const isAscii = headers.every(([name]) => /^[\x20-\x7e]*$/.test(name));
  // Names beyond ASCII are counted by character here, and elsewhere perhaps by byte.
  if (isAscii) assert.equal(recordBytes(stored), recordBytes({ key, value, headers }));
  if (!stored.header) return;
  for (const asked of ['a', 'b', 'null', 'empty', 'binary', '__proto__', 'missing']) {
    const [, last] = headers.findLast(([name, content]) => name === asked && content !== null) ?? [];
    assert.deepEqual(hex(stored.header(asked) ?? null), hex(last ?? null), `header '${asked}'`);
  }
}
