import { describe, expect, inject, it } from 'vitest';

describe.each(inject('libs'))('$name as published', ({ files }) => {
  it('holds its licence, its page and what was compiled', () => {
    expect(files).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts']),
    );
  });

  it('holds nothing else than that and its sources', () => {
    const odd = files.filter(
      (path) =>
        !/^(LICENSE|README\.md|package\.json|(bin|dist|migrations|schematics|src|templates)\/.*)$/.test(path),
    );
    expect(odd).toEqual([]);
  });

  it('holds no spec and no build state', () => {
    expect(files.filter((path) => /\.spec\.|(^|\/)spec(-support)?\/|tsbuildinfo/.test(path))).toEqual([]);
  });
});
