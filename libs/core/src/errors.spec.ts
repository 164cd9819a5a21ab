import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { asError } from '@tramline/core';

describe('asError', () => {
  it('leaves errors as they are, also those of another realm', () => {
    const own = new TypeError('own');
    const foreign = runInNewContext('new RangeError("foreign")') as Error;
    expect(asError(own)).toBe(own);
    expect(asError(foreign)).toBe(foreign);
  });

  it('says what can be said of anything else, and keeps it as the cause', () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    expect(asError(loop)).toMatchObject({ name: 'NonError', message: '[object Object]', cause: loop });
    expect(asError(10n)).toMatchObject({ message: '[object BigInt]', cause: 10n });
  });
});
