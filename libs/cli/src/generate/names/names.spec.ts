import { describe, expect, it } from 'vitest';
import { readEventName } from './event-name.js';
import { readFields, readKey } from './field.js';
import { readClassName, readName } from './name.js';

describe('a name', () => {
  it.each(['user-points', 'UserPoints', 'userPoints', 'user_points', 'USER-POINTS'])(
    '%s is one name',
    (given) => {
      expect(readName('service', given)).toEqual({ kebab: 'user-points', pascal: 'UserPoints' });
    },
  );

  it.each([
    ['HTTPServer', 'http-server'],
    ['Sms2Go', 'sms2-go'],
    ['a', 'a'],
  ])('%s is %s', (given, kebab) => {
    expect(readName('service', given).kebab).toBe(kebab);
  });

  it.each([
    '../x',
    'a/b',
    'a\\b',
    '.',
    '..',
    '',
    ' ',
    'user points',
    'größe',
    '用户',
    'a\nb',
    '-a',
    'a-',
    'a--b',
    '1a',
    '__proto__',
    'class',
    'Default',
    'constructor',
    'node_modules',
    'con',
    'CON',
    'x'.repeat(61),
  ])('%j is refused, with exit code 2', (given) => {
    expect(() => readName('service', given)).toThrow(expect.objectContaining({ exit: 2 }) as Error);
  });

  it.each(['promise', 'Map', 'logger', 'test-bus'])('%s names no class, for it would hide one', (given) => {
    expect(() => readClassName('handler', given)).toThrow('would hide');
  });
});

describe("an event's name", () => {
  it.each([
    ['user.registered', 'user.registered', 'UserRegistered'],
    ['UserRegistered', 'user.registered', 'UserRegistered'],
    ['order-line-added', 'order-line.added', 'OrderLineAdded'],
    ['billing.order-line.added', 'billing.order-line.added', 'BillingOrderLineAdded'],
    ['pinged', 'pinged', 'Pinged'],
  ])('%s is %s, in the class %s', (given, type, pascal) => {
    expect(readEventName(given)).toMatchObject({ type, pascal });
  });

  it.each([
    'a..b',
    '../x',
    '.a',
    'User.Registered',
    'a.b c',
    'user.größe',
    'sms.dead',
    'sms.retry.10s',
    'a.state',
    'array',
  ])('%s is refused', (given) => {
    expect(() => readEventName(given)).toThrow(expect.objectContaining({ exit: 2 }) as Error);
  });
});

describe('fields', () => {
  it('may be missing, with the mark at either place', () => {
    expect(readFields(['a:uuid', 'b:string?', 'c?:date'])).toEqual([
      { name: 'a', type: 'uuid', optional: false },
      { name: 'b', type: 'string', optional: true },
      { name: 'c', type: 'date', optional: true },
    ]);
  });

  it('are refused all at once', () => {
    const read = () => readFields(['a', 'b:text', 'c:string', 'c:string', 'constructor:string', '1:string']);
    expect(read).toThrow(
      /'a' is not name:type[^]*'b:text' has the type 'text'[^]*'c' is given twice[^]*'constructor'[^]*'1:string'/,
    );
  });

  it('have a key, or are said to need none', () => {
    const fields = readFields(['id:uuid', 'name:string?', 'at:date']);
    expect(readKey('id', fields)).toBe('id');
    expect(readKey(false, fields)).toBeNull();
    expect(() => readKey(undefined, fields)).toThrow('--no-key');
    expect(() => readKey('other', fields)).toThrow('not one of the fields (id, name, at)');
    expect(() => readKey('name', fields)).toThrow('optional');
    expect(() => readKey('at', fields)).toThrow('a date');
  });
});
