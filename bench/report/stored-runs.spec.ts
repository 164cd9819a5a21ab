import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runOf, storedRow } from './example-run.ts';
import { addRun, readRuns, writeRuns } from './stored-runs.ts';

const directory = mkdtempSync(join(tmpdir(), 'tramline-results-spec-'));
afterAll(() => rmSync(directory, { recursive: true }));

const publish = storedRow('publish', [2], 1);
const consume = storedRow('consume', [3], 1);
const gone = storedRow('gone', [4], 1);
const KNOWN = ['publish', 'consume'];
const namesOf = (runs: ReturnType<typeof addRun>) =>
  runs.map(({ date, rows }) => [date, ...rows.map(({ name }) => name)]);

describe('stored runs', () => {
  it('replace what was said of the same benchmarks, and leave the other rows to their own run', () => {
    const later = runOf('2', storedRow('consume', [5], 1));
    const runs = addRun([runOf('1', publish, consume)], later, KNOWN);
    expect(namesOf(runs)).toEqual([
      ['2', 'consume'],
      ['1', 'publish'],
    ]);
    expect(runs[0]).toBe(later);
  });

  it('drop rows that a benchmark no longer has', () => {
    const two = runOf('1', { ...publish, name: 'publish-p50' }, { ...publish, name: 'publish-p99' });
    expect(namesOf(addRun([two], runOf('2', publish), KNOWN))).toEqual([['2', 'publish']]);
  });

  it('drop rows of benchmarks that are gone, and runs that have no rows', () => {
    const runs = addRun([runOf('1', gone), runOf('0', gone, publish)], runOf('2'), KNOWN);
    expect(namesOf(runs)).toEqual([['0', 'publish']]);
  });

  it('come back from their file, and none from one that is not there', () => {
    const file = join(directory, 'new', 'last.json');
    expect(readRuns(file)).toEqual([]);
    const runs = [runOf('1', publish)];
    writeRuns(file, runs);
    expect(readRuns(file)).toEqual(runs);
  });
});
