import { describe, expect, it } from 'vitest';
import { ConfigurationError } from './errors.js';
import { groupFault, nameFault, topicFault } from './names.js';
import { Naming } from './naming.js';

describe('Naming', () => {
  it.each([
    [undefined, ''],
    ['prod', 'prod.'],
  ])('puts the namespace %s in front of everything', (namespace, prefix) => {
    const naming = new Naming(namespace);
    expect(naming.topic('user.registered')).toBe(`${prefix}user.registered`);
    expect(naming.group('sms')).toBe(`${prefix}sms`);
    expect(naming.retryTier('sms', 90_000)).toBe(`${prefix}sms.retry.90s`);
    expect(naming.retryNow('sms')).toBe(`${prefix}sms.retry.now`);
    expect(naming.dead('sms')).toBe(`${prefix}sms.dead`);
    expect(naming.deadState('sms')).toBe(`${prefix}sms.dead.state`);
    expect(naming.state('sms')).toBe(`${prefix}sms.state`);
    expect(naming.typeOf(`${prefix}user.registered`)).toBe('user.registered');
  });

  it('reads its own names back', () => {
    const naming = new Naming('prod');
    expect(naming.groupTopic(naming.retryTier('sms', 3_600_000))).toEqual({
      kind: 'tier',
      group: 'sms',
      delayMs: 3_600_000,
    });
    expect(naming.groupTopic(naming.retryNow('a.b'))).toEqual({ kind: 'now', group: 'a.b' });
    expect(naming.groupTopic(naming.dead('sms'))).toEqual({ kind: 'dead', group: 'sms' });
    expect(naming.groupTopic(naming.deadState('sms'))).toEqual({ kind: 'dead-state', group: 'sms' });
    expect(naming.groupTopic(naming.state('sms'))).toEqual({ kind: 'state', group: 'sms' });
    expect(naming.groupTopic(naming.topic('user.registered'))).toBeUndefined();
    expect(naming.groupTopic('test.sms.dead')).toBeUndefined();
    expect(naming.withoutNamespace('test.sms')).toBeUndefined();
  });

  it('refuses namespaces that could see into each other', () => {
    for (const namespace of ['', 'a.b', 'ü', 'x'.repeat(41)])
      expect(() => new Naming(namespace)).toThrow(ConfigurationError);
  });
});

describe('names', () => {
  it('keeps to what Kafka allows', () => {
    for (const name of ['user.registered', 'A_b-9', 'x'.repeat(200)]) expect(nameFault(name)).toBeUndefined();
    for (const name of ['', '.', '..', 'a b', 'ä', 'a/b', 'x'.repeat(201), 7, undefined])
      expect(nameFault(name)).toEqual(expect.any(String));
  });

  it('keeps events and groups off the topics that groups keep for themselves', () => {
    for (const name of ['sms.dead', 'sms.state', 'sms.dead.state', 'sms.retry.now', 'sms.retry.10s']) {
      expect(topicFault(name)).toContain("group 'sms'");
      expect(groupFault(name)).toContain("group 'sms'");
    }
    for (const name of ['dead', 'sms.retry', 'sms.retry.soon', 'sms.dead.letters'])
      expect(topicFault(name)).toBeUndefined();
    expect(groupFault('x'.repeat(101))).toContain('longer than 100');
  });
});
