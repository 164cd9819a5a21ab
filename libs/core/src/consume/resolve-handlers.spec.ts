import { describe, expect, it } from 'vitest';
import { Tramline, type HandlerDefinition, type HandlerOverrides } from '@tramline/core';
import { memory } from '@tramline/testing';
import { Placed } from '../../spec-support/rig.js';

const handler = (id: string, options: object = {}): HandlerDefinition => ({
  id,
  events: [Placed],
  run: () => {},
  ...options,
});

function faultsOf(
  handlers: readonly HandlerDefinition[],
  overrides: Record<string, object | undefined> = {},
) {
  const options = {
    service: 'shop',
    transport: memory(),
    overrides: overrides as Record<string, HandlerOverrides>,
  };
  return new Tramline(options).faultsOf(handlers);
}

describe('handlers', () => {
  it('are refused with every fault at once, each naming place, value and fix', () => {
    const faults = faultsOf([
      handler('a', { enabled: 'false', aliases: 'old', concurrency: 0, timeout: 'soon', startFrom: 'now' }),
      handler('a', { place: 'Greeter.greet', once: true, order: 'key', speed: 3 }),
      handler('*', { events: [], batch: { size: 0 }, group: 'a b' }),
    ]);
    for (const said of [
      `handler 'a': enabled is "false"; give true or false.`,
      `handler 'a': aliases is "old"; give a list of former ids.`,
      `handler 'a': concurrency is 0`,
      `handler 'a': timeout is "soon"`,
      `handler 'a': startFrom is "now"; give 'earliest' or 'latest'.`,
      `Greeter.greet: unknown option 'speed'.`,
      `Greeter.greet: 'once: true' needs a database`,
      `Greeter.greet: order: 'key' does not exist yet.`,
      `Greeter.greet: the handler id 'a' is also that of handler 'a'.`,
      `handler '*': id "*" must be`,
      `handler '*': names no event.`,
      `handler '*': batch.size is 0`,
      `handler '*': group: 'a b' has characters`,
    ]) {
      expect(
        faults.filter((fault) => fault.startsWith(said)),
        said,
      ).toHaveLength(1);
    }
  });

  it('must agree in one group on where a topic starts', () => {
    const [fault] = faultsOf([handler('a'), handler('b', { startFrom: 'latest' })]);
    expect(fault).toContain(`startFrom 'latest' on topic 'order.placed' differs from 'earliest'`);
    expect(faultsOf([handler('a'), handler('b', { startFrom: 'latest', group: 'other' })])).toEqual([]);
  });
});

describe('overrides', () => {
  it('must name handlers and options that they can change', () => {
    const faults = faultsOf([handler('a')], { a: { group: 'x' }, b: {} });
    expect(faults).toEqual([
      `Configuration overrides 'group' of handler 'a', which it cannot change. Only enabled, concurrency, retry, timeout.`,
      `Configuration overrides handler 'b', which does not exist. Known: a.`,
    ]);
  });

  it('are told once when there is no such option', () => {
    expect(faultsOf([handler('a')], { a: { enable: false } })).toEqual([
      expect.stringContaining(`Configuration overrides 'enable' of handler 'a'`),
    ]);
  });

  it('that are not set leave what the handler says', async () => {
    const declared = handler('a', { concurrency: -1, timeout: 'soon', enabled: 'no', retry: 'none' });
    const unset = { concurrency: undefined, timeout: undefined, enabled: undefined, retry: undefined };
    expect(faultsOf([declared], { a: unset })).toEqual(faultsOf([declared]));
    expect(faultsOf([handler('a')], { a: undefined })).toEqual([]);
  });
});
