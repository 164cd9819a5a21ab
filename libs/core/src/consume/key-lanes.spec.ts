import { describe, expect, it } from 'vitest';
import { KeyLanes } from './key-lanes.js';
import { Scheduler, type Job } from './scheduler.js';

const bytes = (key: string) => Buffer.from(key);

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
    lanes.submit(bytes('a'), async('a1'));
    lanes.submit(bytes('a'), async('a2'));
    lanes.submit(bytes('b'), async('b1'));
    expect(started).toEqual(['a1', 'b1']);
    end('a1');
    expect(started).toEqual(['a1', 'b1', 'a2']);
  });

  it('keeps a job that does not wait behind one of its key that does', () => {
    const { lanes, started, sync, async, end } = setUp();
    lanes.submit(bytes('a'), sync('a1'));
    lanes.submit(bytes('a'), async('a2'));
    lanes.submit(bytes('a'), sync('a3'));
    lanes.submit(bytes('b'), sync('b1'));
    expect(started).toEqual(['a1', 'a2', 'b1']);
    end('a2');
    expect(started).toEqual(['a1', 'a2', 'b1', 'a3']);
  });

  it('remembers the first key while its job waits for a place', () => {
    const { lanes, started, async, end } = setUp(1);
    lanes.submit(bytes('x'), async('x1'));
    lanes.submit(bytes('a'), async('a1'));
    lanes.submit(bytes('a'), async('a2'));
    end('x1');
    expect(started).toEqual(['x1', 'a1']);
    end('a1');
    expect(started).toEqual(['x1', 'a1', 'a2']);
  });

  it('tells keys apart that are not text', () => {
    const { lanes, started, async } = setUp();
    lanes.submit(Uint8Array.of(0xff), async('ff'));
    lanes.submit(Uint8Array.of(0xfe), async('fe'));
    lanes.submit(Uint8Array.of(0xff), async('ff again'));
    expect(started).toEqual(['ff', 'fe']);
  });

  it('begins nothing that waits once it is closed', () => {
    const { lanes, started, async, end } = setUp();
    lanes.submit(bytes('a'), async('a1'));
    lanes.submit(bytes('a'), async('a2'));
    lanes.close();
    end('a1');
    lanes.submit(bytes('b'), async('b1'));
    expect(started).toEqual(['a1']);
  });
});
