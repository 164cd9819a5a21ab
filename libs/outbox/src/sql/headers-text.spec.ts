import type { RecordHeaders } from '@tramline/core';
import { expect, it } from 'vitest';
import { headersReader, headersToText } from './headers-text.js';

const bytes = (...values: number[]) => Buffer.from(values);

it('keeps names, order, repeats, nulls, and bytes of every kind', () => {
  const headers: RecordHeaders = [
    ['ce_id', Buffer.from('1')],
    ['ce_id', Buffer.from('2')],
    ['none', null],
    ['empty', bytes()],
    ['text', Buffer.from('Zoë \u0000 🚋')],
    ['bytes', bytes(0xff, 0xfe, 0x00)],
    // Not the same as its text: a decoder that drops the mark would lose three bytes.
    ['mark', bytes(0xef, 0xbb, 0xbf, 0x41)],
  ];
  const read = headersReader();
  expect(read(headersToText(headers))).toEqual(headers);
  expect(read(headersToText(headers))).toEqual(headers);
});

it('reads what is the same in the next row as the same object, and what is another as another', () => {
  const read = headersReader();
  const [first, second, third] = ['1', '2', '2'].map((id) =>
    read(
      headersToText([
        ['ce_type', Buffer.from('user.registered')],
        ['ce_id', Buffer.from(id)],
      ]),
    ),
  );
  expect(second![0]).toBe(first![0]);
  expect(second![1]).toEqual(['ce_id', Buffer.from('2')]);
  expect(third![1]).toBe(second![1]);
});

it('reads any number of names', () => {
  const headers: RecordHeaders = Array.from({ length: 300 }, (_, at) => [`h${at}`, bytes(at % 100)]);
  const read = headersReader();
  for (let row = 0; row < 2; row++) expect(read(headersToText(headers))).toEqual(headers);
});

it('shows text as text', () => {
  expect(headersToText([['ce_type', Buffer.from('user.registered')]])).toBe(
    '[["ce_type","user.registered"]]',
  );
});
