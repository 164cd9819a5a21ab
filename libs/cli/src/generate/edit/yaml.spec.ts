import { describe, expect, it } from 'vitest';
import { addEntry, readYaml } from './yaml.js';

const compose = (text: string) => ({ path: 'docker-compose.yml', text });
const add = (text: string) => addEntry(compose(text), 'services', 'new', 'image: x\nports:\n  - "1:1"\n');

describe('a map of the top level', () => {
  it('gets its entry at the end, before what is said of the next section', () => {
    const text = 'services:\n  a:\n    image: a # one\n    # of a\n\n# the disks\nvolumes:\n  data:\n';
    expect(add(text)).toBe(
      'services:\n  a:\n    image: a # one\n    # of a\n  new:\n    image: x\n    ports:\n      - "1:1"\n\n# the disks\nvolumes:\n  data:\n',
    );
  });

  it('keeps to four spaces, blank lines between entries and line endings', () => {
    const text = 'services:\r\n    a:\r\n        image: a\r\n\r\n    b:\r\n        image: b\r\n';
    expect(add(text)).toBe(
      `${text}\r\n    new:\r\n        image: x\r\n        ports:\r\n            - "1:1"\r\n`,
    );
  });

  it('goes behind a block of text and a quoted key', () => {
    const text = 'services:\n  "a":\n    command: |\n      # not a remark\n\n      end\nname: shop\n';
    expect(add(text)).toContain('      end\n  new:\n    image: x\n');
    expect(readYaml(compose(add(text)))).toMatchObject({
      services: { a: {}, new: { image: 'x' } },
      name: 'shop',
    });
  });

  it('may be empty or missing, and the file may end without a line break', () => {
    expect(readYaml(compose(add('services:\n\nvolumes:\n  data:\n')))).toMatchObject({
      services: { new: {} },
      volumes: {},
    });
    expect(readYaml(compose(add('name: shop')))).toMatchObject({
      name: 'shop',
      services: { new: { image: 'x' } },
    });
    expect(add('services:\n  a:\n    image: a').endsWith('- "1:1"')).toBe(true);
    expect(readYaml(compose(add('')))).toMatchObject({ services: { new: {} } });
  });

  it('stays as it is when it has the entry', () => {
    const text = 'services:\n  new: {image: other}\n';
    expect(add(text)).toBe(text);
  });

  it('takes an entry without a value', () => {
    expect(addEntry(compose('volumes:\n  data:\n'), 'volumes', 'kafka', '')).toBe(
      'volumes:\n  data:\n  kafka:\n',
    );
  });
});

it('names the line and column of what is broken', () => {
  expect(() => add('services:\n  a:\n   - b: [\n')).toThrow(/docker-compose\.yml:\d+:\d+ is not valid YAML/);
  expect(() => add('services:\n\ta: 1\n')).toThrow(/docker-compose\.yml:2:\d+ is not valid YAML/);
  expect(() => add('services: { a: { image: a } }\n')).toThrow('docker-compose.yml:1:11');
  expect(() => add('services: 5\n')).toThrow('docker-compose.yml:1:1');
});
