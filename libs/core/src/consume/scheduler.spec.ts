import { describe, expect, it } from 'vitest';
import { Scheduler, type Job, type Lane, type Slot } from './scheduler.js';

const lane = (slot: Slot, idle: (lane: Lane) => void = () => {}): Lane => ({
  slot,
  head: undefined,
  tail: undefined,
  busy: false,
  closed: false,
  idle,
});

/** Jobs that stay running until they are ended by name. */
function jobs() {
  const running = new Map<string, () => void>();
  const started: string[] = [];
  const job = (name: string): Job => ({
    next: undefined,
    run(ended) {
      started.push(name);
      running.set(name, () => {
        running.delete(name);
        ended();
      });
    },
  });
  return { job, started, end: (name: string) => running.get(name)!() };
}

describe('Scheduler', () => {
  it('runs one job of a lane at a time and lanes beside each other', () => {
    const scheduler = new Scheduler(10);
    const slot = scheduler.slot(10);
    const { job, started, end } = jobs();
    const [one, two] = [lane(slot), lane(slot)];
    scheduler.submit(one, job('a1'));
    scheduler.submit(one, job('a2'));
    scheduler.submit(two, job('b1'));
    expect(started).toEqual(['a1', 'b1']);
    end('a1');
    expect(started).toEqual(['a1', 'b1', 'a2']);
  });

  it('keeps to the concurrency of the handler and of the group', () => {
    const scheduler = new Scheduler(3);
    const [narrow, wide] = [scheduler.slot(1), scheduler.slot(10)];
    const { job, started, end } = jobs();
    for (const name of ['n1', 'n2']) scheduler.submit(lane(narrow), job(name));
    for (const name of ['w1', 'w2', 'w3']) scheduler.submit(lane(wide), job(name));
    expect(started).toEqual(['n1', 'w1', 'w2']);
    end('w1');
    expect(started).toEqual(['n1', 'w1', 'w2', 'w3']);
    end('n1');
    expect(started).toEqual(['n1', 'w1', 'w2', 'w3', 'n2']);
  });

  it('lets a handler start its first job however full the group is', () => {
    const scheduler = new Scheduler(2);
    const [hanging, healthy] = [scheduler.slot(10), scheduler.slot(10)];
    const { job, started } = jobs();
    for (const name of ['h1', 'h2', 'h3']) scheduler.submit(lane(hanging), job(name));
    scheduler.submit(lane(healthy), job('ok'));
    expect(started).toEqual(['h1', 'h2', 'ok']);
  });

  it('serves handlers in turn, whoever has more waiting', () => {
    const scheduler = new Scheduler(3);
    const [eager, modest] = [scheduler.slot(10), scheduler.slot(10)];
    const { job, started, end } = jobs();
    for (const name of ['e1', 'e2', 'e3', 'e4', 'e5']) scheduler.submit(lane(eager), job(name));
    for (const name of ['m1', 'm2', 'm3']) scheduler.submit(lane(modest), job(name));
    // One more than the group has places for: the first of its handler.
    expect(started).toEqual(['e1', 'e2', 'e3', 'm1']);
    end('e1');
    for (const name of ['e2', 'e3', 'm1', 'e4']) end(name);
    expect(started.slice(4)).toEqual(['e4', 'm2', 'e5', 'm3']);
  });

  it('tells when a lane has nothing left, once', () => {
    const scheduler = new Scheduler(1);
    const idle: Lane[] = [];
    const one = lane(scheduler.slot(1), (which) => idle.push(which));
    const { job, end } = jobs();
    scheduler.submit(one, job('1'));
    scheduler.submit(one, job('2'));
    end('1');
    expect(idle).toEqual([]);
    end('2');
    expect(idle).toEqual([one]);
  });

  it('starts nothing of a closed lane', () => {
    const scheduler = new Scheduler(1);
    const slot = scheduler.slot(1);
    const { job, started, end } = jobs();
    const closing = lane(slot);
    scheduler.submit(lane(slot), job('first'));
    scheduler.submit(closing, job('never'));
    closing.closed = true;
    end('first');
    scheduler.submit(lane(slot), job('next'));
    expect(started).toEqual(['first', 'next']);
  });

  it('runs a hundred thousand jobs that end at once without growing the stack', () => {
    const scheduler = new Scheduler(1);
    const one = lane(scheduler.slot(1));
    let runs = 0;
    const { job, end } = jobs();
    scheduler.submit(one, job('gate'));
    for (let index = 0; index < 100_000; index++) {
      scheduler.submit(one, {
        next: undefined,
        run(ended) {
          runs++;
          ended();
        },
      });
    }
    end('gate');
    expect(runs).toBe(100_000);
  });
});
