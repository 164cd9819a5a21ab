import type { RecordHeaders } from '@tramline/core';
import { expect, it } from 'vitest';
import { headersFromText, headersToText } from './headers-text.js';

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
  expect(headersFromText(headersToText(headers))).toEqual(headers);
});

it('shows text as text', () => {
  expect(headersToText([['ce_type', Buffer.from('user.registered')]])).toBe(
    '[["ce_type","user.registered"]]',
  );
});
