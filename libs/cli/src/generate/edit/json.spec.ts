import { describe, expect, it } from 'vitest';
import { addElement, addMember, readJson } from './json.js';

const json = (text: string) => ({ path: 'tsconfig.json', text });
const APP = { path: 'apps/new' };

describe('a list', () => {
  it('gets a line of its own, and no other line changes for want of a comma', () => {
    const text =
      '{\n  "references": [\n    { "path": "apps/a" }, // the first\n    { "path": "libs/z" }\n  ]\n}\n';
    expect(addElement(json(text), ['references'], APP)).toBe(
      '{\n  "references": [\n    { "path": "apps/a" }, // the first\n    { "path": "apps/new" },\n    { "path": "libs/z" }\n  ]\n}\n',
    );
  });

  it('gets it at the end where a comma is there already', () => {
    const text = '{\n\t"references": [\n\t\t{ "path": "apps/a" }, /* last */\n\t]\n}';
    expect(addElement(json(text), ['references'], APP)).toBe(
      '{\n\t"references": [\n\t\t{ "path": "apps/a" }, /* last */\n\t\t{ "path": "apps/new" },\n\t]\n}',
    );
  });

  it('leaves the remark of the last element with it', () => {
    const text = '{ "references": [\n    // what they share\n    { "path": "libs/z" }\n  ] }';
    expect(addElement(json(text), ['references'], APP)).toBe(
      '{ "references": [\n    { "path": "apps/new" },\n    // what they share\n    { "path": "libs/z" }\n  ] }',
    );
  });

  it('stays in its line', () => {
    expect(addElement(json('{"references":[{"path":"a"}]}'), ['references'], APP)).toBe(
      '{"references":[{"path":"a"}, { "path": "apps/new" }]}',
    );
    expect(addElement(json('{"references":[]}'), ['references'], APP)).toBe(
      '{"references":[{ "path": "apps/new" }]}',
    );
  });

  it('is made where there is none', () => {
    const text = addElement(json('{\n  // nothing yet\n}\n'), ['references'], APP);
    expect(text).toContain('// nothing yet');
    expect(readJson(json(text))).toEqual({ references: [APP] });
  });

  it('stays as it is when it has the element', () => {
    const text = '{ "references": [ {"path" :"apps/new"} ] }';
    expect(addElement(json(text), ['references'], APP)).toBe(text);
  });
});

describe('an object', () => {
  it('keeps line endings, and gets its member in order when asked to', () => {
    const text = '{\r\n  "dependencies": {\r\n    "a": "1",\r\n    "c": "1"\r\n  }\r\n}\r\n';
    expect(addMember(json(text), ['dependencies'], 'b', '2', { sorted: true })).toBe(
      '{\r\n  "dependencies": {\r\n    "a": "1",\r\n    "b": "2",\r\n    "c": "1"\r\n  }\r\n}\r\n',
    );
  });

  it('gets an object of several lines in its own indentation', () => {
    const text = '{\n    "projects": {\n        "a": {}\n    }\n}\n';
    expect(addMember(json(text), ['projects'], 'b', { type: 'application' })).toBe(
      '{\n    "projects": {\n        "b": {\n            "type": "application"\n        },\n        "a": {}\n    }\n}\n',
    );
  });

  it('keeps the member that it has', () => {
    expect(addMember(json('{"a": 1}'), [], 'a', 2)).toBe('{"a": 1}');
  });

  it('may be empty, or missing', () => {
    expect(addMember(json('{}'), [], 'a', 1)).toBe('{\n  "a": 1\n}');
    expect(readJson(json(addMember(json('{ "z": 1 }'), ['x', 'y'], 'a', 1)))).toEqual({
      z: 1,
      x: { y: { a: 1 } },
    });
  });
});

it('names the line and column of what is broken', () => {
  expect(() => addMember(json('{\n  "a": 1\n  "b": 2\n}'), [], 'c', 3)).toThrow(
    /tsconfig\.json:3:3 is not valid JSON/,
  );
  expect(() => addElement(json('{ "references": 5 }'), ['references'], APP)).toThrow('tsconfig.json:1:17');
  expect(() => readJson({ path: 'package.json', text: '{ } // no' })).toThrow('package.json:1:5');
  expect(() => readJson(json(''))).toThrow('tsconfig.json:1:1');
});
