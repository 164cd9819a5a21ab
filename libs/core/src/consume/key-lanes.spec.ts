import { describe, expect, it } from 'vitest';
import { KeyLanes } from './key-lanes.js';
import { Scheduler, type Job } from './scheduler.js';

const keyed = (key: string) => ({ key: Buffer.from(key) });

function setUp(concurrency = 10) {
  const scheduler = new Scheduler(100);
  const lanes = new KeyLanes(scheduler.slot(concurrency), scheduler);
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const sync = (name: string): Job => ({
    next: undefined,
    run(ended) {
      started.push(name);
      ended();
    },
  });
  const async = (name: string): Job => ({
    next: undefined,
    run(ended) {
      started.push(name);
      ends.set(name, ended);
    },
  });
  return { lanes, started, sync, async, end: (name: string) => ends.get(name)!() };
}

describe('KeyLanes', () => {
  it('keeps the jobs of a key in order, and lets those of others pass', () => {
    const { lanes, started, async, end } = setUp();
    lanes.submit(keyed('a'), async('a1'));
    lanes.submit(keyed('a'), async('a2'));
    lanes.submit(keyed('b'), async('b1'));
    expect(started).toEqual(['a1', 'b1']);
    end('a1');
    expect(started).toEqual(['a1', 'b1', 'a2']);
  });

  it('keeps a job that does not wait behind one of its key that does', () => {
    const { lanes, started, sync, async, end } = setUp();
    lanes.submit(keyed('a'), sync('a1'));
    lanes.submit(keyed('a'), async('a2'));
    lanes.submit(keyed('a'), sync('a3'));
    lanes.submit(keyed('b'), sync('b1'));
    expect(started).toEqual(['a1', 'a2', 'b1']);
    end('a2');
    expect(started).toEqual(['a1', 'a2', 'b1', 'a3']);
  });

  it('remembers the first key while its job waits for a place', () => {
    const { lanes, started, async, end } = setUp(1);
    lanes.submit(keyed('x'), async('x1'));
    lanes.submit(keyed('a'), async('a1'));
    lanes.submit(keyed('a'), async('a2'));
    end('x1');
    expect(started).toEqual(['x1', 'a1']);
    end('a1');
    expect(started).toEqual(['x1', 'a1', 'a2']);
  });

  it('tells keys apart that are not text', () => {
    const { lanes, started, async } = setUp();
    lanes.submit({ key: Uint8Array.of(0xff) }, async('ff'));
    lanes.submit({ key: Uint8Array.of(0xfe) }, async('fe'));
    lanes.submit({ key: Uint8Array.of(0xff) }, async('ff again'));
    expect(started).toEqual(['ff', 'fe']);
  });

  it('lets what has no key pass everything', () => {
    const { lanes, started, async, end } = setUp();
    lanes.submit({ key: null }, async('first'));
    lanes.submit(keyed(''), async('empty'));
    lanes.submit({ key: null }, async('second'));
    lanes.submit(keyed(''), async('empty again'));
    expect(started).toEqual(['first', 'empty', 'second']);
    end('first');
    end('empty');
    expect(started).toEqual(['first', 'empty', 'second', 'empty again']);
  });

  it('asks for no key while every job is over at once', () => {
    const { lanes, started, sync } = setUp();
    const record = {
      get key(): Uint8Array {
        throw new Error('asked for');
      },
    };
    lanes.submit(record, sync('1'));
    lanes.submit(record, sync('2'));
    expect(started).toEqual(['1', '2']);
  });

  it('begins nothing that waits once it is closed', () => {
    const { lanes, started, async, end } = setUp();
    lanes.submit(keyed('a'), async('a1'));
    lanes.submit(keyed('a'), async('a2'));
    lanes.close();
    end('a1');
    lanes.submit(keyed('b'), async('b1'));
    expect(started).toEqual(['a1']);
  });
});
