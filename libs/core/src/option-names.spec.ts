import { expect, it } from 'vitest';
import { Tramline, type TramlineOptions } from '@tramline/core';
import { memory } from '@tramline/testing';

it('options that nobody reads are refused wherever they stand, all at once', () => {
  const options = {
    service: 'shop',
    transport: memory(),
    consumers: {},
    consumer: { windows: 3 },
    publisher: { timout: '5s' },
    topics: { partition: 3 },
  } as unknown as TramlineOptions;
  let faults: readonly string[] = [];
  try {
    new Tramline(options);
  } catch (error) {
    ({ faults } = error as { faults: readonly string[] });
  }
  expect(faults.map((fault) => fault.slice(0, fault.indexOf('.')))).toEqual([
    "unknown option 'consumers'",
    "publisher: unknown option 'timout'",
    "topics: unknown option 'partition'",
    "consumer: unknown option 'windows'",
  ]);
});
