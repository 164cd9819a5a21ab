import { describe, expect, it } from 'vitest';
import { PayloadError, type PayloadFault } from '../contract/payload-error.js';
import { jsonCodec } from './json-codec.js';

const bytes = (text: string) => Buffer.from(text, 'utf8');

function faultsOf(payload: unknown): readonly PayloadFault[] {
  try {
    jsonCodec.encode(payload, 'a');
  } catch (error) {
    if (error instanceof PayloadError) return error.faults;
    throw error;
  }
  return [];
}

function roundTrip(payload: unknown): unknown {
  return jsonCodec.decode(jsonCodec.encode(payload, 'a'), 'a');
}

describe('the JSON codec on the way out', () => {
  class Money {
    constructor(
      readonly amount: number,
      readonly currency: string,
    ) {}
    toJSON() {
      return `${this.amount} ${this.currency}`;
    }
  }

  it('carries what JSON carries', () => {
    const shared = { a: 1 };
    const payload = {
      text: 'Jürgen 🚋 \u0000',
      list: [1, null, [true]],
      none: null,
      left: undefined,
      one: shared,
      two: shared,
      big: 1e300,
    };
    expect(roundTrip(payload)).toEqual({
      text: 'Jürgen 🚋 \u0000',
      list: [1, null, [true]],
      none: null,
      one: shared,
      two: shared,
      big: 1e300,
    });
    expect(roundTrip(null)).toBeNull();
    expect(roundTrip(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
    expect(roundTrip({ at: new Date(0), price: new Money(5, 'EUR'), where: new URL('http://a/') })).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      price: '5 EUR',
      where: 'http://a/',
    });
    expect(roundTrip(Object.assign(Object.create(null) as object, { a: 1 }))).toEqual({ a: 1 });
  });

  it.each<[string, unknown]>([
    ['bigint', 1n],
    ['Map', new Map()],
    ['Set', new Set()],
    ['bytes', Buffer.from('x')],
    ['bytes', new Uint8Array(1)],
    ['bytes', new ArrayBuffer(1)],
    ['function', () => 1],
    ['symbol', Symbol('s')],
    ['NaN', NaN],
    ['Infinity', -Infinity],
    ['invalid date', new Date(NaN)],
    ['Error', new Error('x')],
    ['RegExp', /x/],
    ['Promise', Promise.resolve(1)],
    ['weak reference', new WeakMap()],
    ['number', { toJSON: () => NaN }],
  ])('refuses %s, naming the path', (what, value) => {
    expect(faultsOf({ user: { tags: ['a', value] } })).toEqual([
      { path: 'user.tags.1', message: expect.stringContaining(what) as string },
    ]);
    expect(faultsOf(value)).toHaveLength(1);
  });

  it('refuses undefined where it would become something else', () => {
    expect(faultsOf(undefined)).toEqual([
      { path: '', message: expect.stringContaining('undefined') as string },
    ]);
    // oxlint-disable-next-line no-sparse-arrays -- a hole is what is tested
    expect(faultsOf({ list: [1, , undefined] }).map(({ path }) => path)).toEqual(['list.1', 'list.2']);
  });

  it('refuses cycles and depths without end, and tells all faults', () => {
    const loop: Record<string, unknown> = { n: 1n };
    loop['self'] = { back: loop };
    expect(faultsOf(loop).map(({ path }) => path)).toEqual(['n', 'self.back']);
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = { deep };
    expect(faultsOf(deep)).toEqual([
      { path: expect.any(String) as string, message: 'nested deeper than 500 levels' },
    ]);
  });

  it('refuses a property that readers would drop', () => {
    expect(faultsOf(JSON.parse('{"a":{"__proto__":1}}'))).toEqual([
      { path: 'a.__proto__', message: expect.any(String) as string },
    ]);
  });
});

describe('the JSON codec on the way in', () => {
  it('says why bytes are not JSON', () => {
    expect(() => jsonCodec.decode(bytes('{"a":'), 'user.registered')).toThrow(/'user.registered'.*not JSON/);
    expect(() => jsonCodec.decode(bytes(''), 'a')).toThrow(/empty/);
    expect(() => jsonCodec.decode(Uint8Array.of(0x22, 0xff, 0xfe, 0x22), 'a')).toThrow(PayloadError);
    expect(jsonCodec.decode(bytes('\uFEFF{"a":1}'), 'a')).toEqual({ a: 1 });
  });

  it('lets nobody change a prototype', () => {
    for (const name of [
      '__proto__',
      '\\u005f_proto__',
      '__\\u0070roto__',
      '\\u005F\\u005F\\u0070\\u0072\\u006f\\u0074\\u006F\\u005f_',
    ]) {
      const payload = jsonCodec.decode(
        bytes(`{"a":{"${name}":{"admin":true},"b":1},"list":[{"${name}":1}]}`),
        'a',
      ) as { a: object };
      expect(payload).toEqual({ a: { b: 1 }, list: [{}] });
      expect(Object.hasOwn(payload.a, '__proto__')).toBe(false);
      expect((Object.assign({}, payload.a) as { admin?: boolean }).admin).toBeUndefined();
    }
  });
});
