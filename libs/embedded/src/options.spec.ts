import { ConfigurationError } from '@tramline/core';
import { afterEach, expect, it, vi } from 'vitest';
import { embedded } from './embedded.js';
import type { EmbeddedOptions } from './options.js';

const hasSqlite = vi.hoisted(() => ({ value: true }));
vi.mock('node:module', async (original) => {
  const real = await original<typeof import('node:module')>();
  return Object.assign({}, real, { isBuiltin: (name: string) => real.isBuiltin(name) && hasSqlite.value });
});

afterEach(() => {
  hasSqlite.value = true;
});

function faults(options: object): readonly string[] {
  try {
    embedded(options as EmbeddedOptions);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return [];
}

it('accepts a directory alone, and everything that is documented', () => {
  expect(faults({ directory: '.tramline' })).toEqual([]);
  const all = {
    partitions: 1,
    retention: null,
    maxRecordBytes: 100,
    busyTimeout: '1s',
    allowNetworkFileSystem: true,
  };
  expect(faults({ directory: '/data/log', ...all })).toEqual([]);
});

it('names all faults at once, each with its fix', () => {
  const found = faults({
    directory: ' ',
    partitions: 0,
    retention: 'a week',
    maxRecordBytes: 1.5,
    busyTimeout: -1,
    allowNetworkFileSystem: 'yes',
    dir: 'x',
  });
  expect(found).toEqual([
    expect.stringContaining('unknown option "dir". Known are directory'),
    expect.stringContaining('directory is " ". Name a directory'),
    expect.stringContaining('partitions is 0. Give a whole number'),
    expect.stringContaining('retention is "a week". Give a duration'),
    expect.stringContaining('maxRecordBytes is 1.5'),
    expect.stringContaining('busyTimeout is -1'),
    expect.stringContaining('allowNetworkFileSystem is "yes"'),
  ]);
});

it.each([
  [7, 'retention is 7: 7 is 7 ms; did you mean "7d"? Give at least "1m", or null to keep everything.'],
  [59_999, '59999 is 59999 ms; did you mean "59999s"?'],
  [0, 'retention is 0. Give at least "1m"'],
  ['7ms', 'retention is "7ms". Give at least "1m"'],
  ['59s', 'retention is "59s". Give at least "1m"'],
])('refuses to keep records for less than a minute: %s', (retention, said) => {
  expect(faults({ directory: '.tramline', retention })).toEqual([expect.stringContaining(said)]);
});

it('keeps records for a minute, whether it is written with a unit or in milliseconds', () => {
  for (const retention of ['1m', '60s', 60_000]) {
    expect(faults({ directory: '.tramline', retention })).toEqual([]);
  }
});

it.each([undefined, null, '.tramline'])('asks for options where there are none: %s', (options) => {
  expect(faults(options as unknown as object)).toEqual([
    expect.stringMatching(/options are .*Name a directory for the log: embedded\({ directory/),
  ]);
});

it('says which Node is needed where node:sqlite is missing', () => {
  hasSqlite.value = false;
  expect(faults({ directory: '.tramline' })).toEqual([
    expect.stringMatching(/no node:sqlite. Use Node 22.13 or newer/),
  ]);
});
