import { describe, expect, it } from 'vitest';
import { defineEvent, Tramline, type ConsumerOptions, type TramlineOptions } from '@tramline/core';
import { memory } from '@tramline/testing';

const Noted = defineEvent('noted', { key: null });

const bus = (consumer: unknown, more: Partial<TramlineOptions> = {}) =>
  new Tramline({ service: 'shop', transport: memory(), consumer: consumer as ConsumerOptions, ...more });

function faultsOf(consumer: unknown): readonly string[] {
  try {
    bus(consumer);
    return [];
  } catch (error) {
    return (error as { faults: readonly string[] }).faults;
  }
}

describe('consumer options', () => {
  it.each([
    [{ window: 0 }, 'consumer.window is 0; give a whole number from 1.'],
    [{ windowBytes: '64MB' }, 'consumer.windowBytes is 64MB;'],
    [{ concurrency: 1.5 }, 'consumer.concurrency is 1.5;'],
    [{ commitInterval: '5ms' }, 'consumer.commitInterval is "5ms"; give a duration of at least 10 ms'],
    [{ sessionTimeout: 'soon' }, 'consumer.sessionTimeout is "soon";'],
    [
      { sessionTimeout: '4s', drainTimeout: '3s' },
      'consumer.drainTimeout (3000 ms) must be at most half of sessionTimeout (4000 ms)',
    ],
    [{ unknownHandlerWait: -1 }, 'consumer.unknownHandlerWait is -1;'],
    [{ outOfRange: 'newest' }, `consumer.outOfRange is "newest"; give 'stop', 'earliest' or 'latest'.`],
    [
      { retryTiers: ['1m', '10s'] },
      'consumer.retryTiers is ["1m","10s"]; give at least one duration, ascending',
    ],
    [{ retryTiers: [] }, 'consumer.retryTiers is [];'],
    [{ previousGroups: { shop: 'a b' } }, `consumer.previousGroups: 'a b' has characters`],
    [{ previousGroups: { shop: 'shop' } }, `consumer.previousGroups: 'shop' cannot be its own former name.`],
  ])('%j are refused', (consumer, said) => {
    expect(faultsOf(consumer)).toEqual([expect.stringContaining(said)]);
  });

  it('are refused all at once', () => {
    expect(faultsOf({ window: 0, concurrency: 0, outOfRange: 'newest', windows: 1 })).toHaveLength(4);
  });

  it('and the groups that run here must be groups that there are', () => {
    const handlers = [{ id: 'a', events: [Noted], run: () => {} }];
    const faults = (consumer: unknown, more?: Partial<TramlineOptions>) =>
      bus(consumer, more).faultsOf(handlers);
    expect(faults({ previousGroups: { shpo: 'store' } })).toEqual([
      `consumer.previousGroups: no handler is in group 'shpo'. Known: shop.`,
    ]);
    expect(faults({}, { consume: { groups: ['shpo'] } })).toEqual([
      `consume.groups: no handler is in group 'shpo'. Known: shop.`,
    ]);
    expect(faults({ previousGroups: { shop: 'store' } }, { consume: { groups: ['shop'] } })).toEqual([]);
  });
});
