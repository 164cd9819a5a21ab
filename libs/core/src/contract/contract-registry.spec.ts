import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { ConfigurationError } from '../errors.js';
import type { Contract, EventOf, EventRef, PayloadOf } from './contract.js';
import { ContractRegistry, UnknownEventError } from './contract-registry.js';
import { contractOf, defineEvent, EventContract } from './event-contract.js';

@EventContract('user.registered', { key: 'userId' })
class UserRegistered {
  userId!: string;
  email?: string;
  get domain(): string {
    return this.email?.split('@')[1] ?? '';
  }
  greet(): string {
    return `Hello ${this.userId}`;
  }
}

class Child extends UserRegistered {}

@EventContract('order.placed', { key: ({ total }: { total: number }) => String(total), topic: 'orders' })
class OrderPlaced {
  total!: number;
}

const points = defineEvent<{ userId: string; points: number }>('points.awarded', { key: 'userId' });

function faultsOf(fill: (registry: ContractRegistry) => void): readonly string[] {
  const registry = new ContractRegistry();
  fill(registry);
  try {
    registry.check();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return [];
}

describe('@EventContract', () => {
  it('records name, key and topic on the class itself, where a subclass does not find them', () => {
    expect(contractOf(UserRegistered)).toMatchObject({
      type: 'user.registered',
      topic: 'user.registered',
      key: 'userId',
      target: UserRegistered,
    });
    expect(contractOf(OrderPlaced)).toMatchObject({ topic: 'orders' });
    expect(contractOf(Child)).toBeUndefined();
    expect(Object.keys(UserRegistered)).toEqual([]);
  });

  it('is checked by the compiler', () => {
    const decorate = EventContract('a', { key: 'nope' });
    // @ts-expect-error -- no such property
    decorate(class Plain {});
    // @ts-expect-error -- no such property of the payload
    defineEvent<{ a: string }>('a', { key: 'b' });
    expectTypeOf<EventOf<typeof UserRegistered>>().toEqualTypeOf<UserRegistered>();
    expectTypeOf<EventOf<typeof points>>().toEqualTypeOf<{ userId: string; points: number }>();
    expectTypeOf<EventOf<readonly [typeof points, typeof OrderPlaced]>>().toEqualTypeOf<
      { userId: string; points: number } | OrderPlaced
    >();
    expectTypeOf(points).toExtend<EventRef>();
    expectTypeOf(defineEvent('a', { key: 'b' })).toEqualTypeOf<Contract<Record<string, unknown>>>();
    expectTypeOf(
      defineEvent('a', { key: 'b', schema: {} as StandardSchemaV1<unknown, { b: string }> }),
    ).toEqualTypeOf<Contract<{ b: string }>>();
    expectTypeOf<Omit<PayloadOf<typeof UserRegistered>, 'domain'>>().toEqualTypeOf<{
      userId: string;
      email?: string;
    }>();
    expect(points.topic).toBe('points.awarded');
  });
});

describe('ContractRegistry', () => {
  it('finds contracts by class, contract and name, whatever was listed first', () => {
    const registry = new ContractRegistry();
    registry.add('user.registered', 'by name');
    registry.add(UserRegistered, 'Greeter.greet');
    registry.add(points, 'contracts[0]');
    registry.check();
    expect(registry.resolve('user.registered')).toBe(contractOf(UserRegistered));
    expect(registry.resolve(UserRegistered)).toBe(contractOf(UserRegistered));
    expect(registry.resolve(points)).toBe(points);
    expect(registry.byType('points.awarded')).toBe(points);
    expect(registry.all()).toHaveLength(2);
    // Not listed before: taken in when it is first used.
    expect(registry.resolve(OrderPlaced).topic).toBe('orders');
  });

  it('lets an unknown name be handled but not published', () => {
    const registry = new ContractRegistry();
    expect(() => registry.resolve('who.knows')).toThrow(UnknownEventError);
    expect(() => registry.resolve('who.knows')).toThrow(/contracts/);
    expect(registry.resolveForHandling('who.knows')).toEqual({
      type: 'who.knows',
      topic: 'who.knows',
      key: null,
    });
    expect(() => registry.resolveForHandling('no spaces')).toThrow(ConfigurationError);
  });

  it('tells all faults at once, each with its place', () => {
    class Other {
      userId!: string;
    }
    EventContract('user.registered', { key: 'userId' })(Other);
    const faults = faultsOf((registry) => {
      registry.add(UserRegistered, 'A.a');
      registry.add(Other, 'B.b');
      registry.add(Child, 'C.c');
      registry.add(class Plain {}, 'D.d');
      registry.add(undefined as never, 'E.e');
      registry.add(defineEvent('bad name', { key: null }), 'F.f');
      registry.add(defineEvent('no.key', {} as never), 'G.g');
      registry.add(defineEvent('odd.key', { key: 7 } as never), 'H.h');
      registry.add(defineEvent('sms.dead', { key: null }), 'I.i');
      registry.add(defineEvent('x', { key: null, topic: 'sms.retry.10s' }), 'J.j');
      registry.add(defineEvent('y', { key: null, schema: {} as never }), 'K.k');
      registry.add('', 'L.l');
    });
    expect(faults.map((fault) => fault.slice(0, 3))).toEqual([
      'B.b',
      'C.c',
      'D.d',
      'E.e',
      'F.f',
      'G.g',
      'H.h',
      'I.i',
      'J.j',
      'K.k',
      'L.l',
    ]);
    expect(faults[0]).toContain('class UserRegistered (A.a) and class Other');
    expect(faults[1]).toContain('parent UserRegistered is not inherited');
    expect(faults[3]).toContain('import each other');
    expect(faults[5]).toContain('key: null');
    expect(faults[7]).toContain("group 'sms'");
  });

  it('refuses one name with two topics, and topics that Kafka takes for the same', () => {
    expect(
      faultsOf((registry) => {
        registry.add(defineEvent('a', { key: null, topic: 'one' }), 'A');
        registry.add(defineEvent('a', { key: null, topic: 'two' }), 'B');
      }),
    ).toEqual([expect.stringMatching(/^B: 'a' is the name of two contracts/)]);
    expect(
      faultsOf((registry) => {
        registry.add(defineEvent('user.added', { key: null }), 'A');
        registry.add(defineEvent('user_added', { key: null }), 'B');
      }),
    ).toEqual([expect.stringContaining('differ only in')]);
  });

  it.each([
    [undefined, /^undefined is not an event\. Give a class/],
    [null, /^null is not an event\./],
    [7, /^7 is not an event\./],
    [[UserRegistered], /^a list is not an event\./],
    [{ userId: 'u1' }, /^a plain object is not an event\./],
    [class Plain {}, /^class Plain has no @EventContract\. Decorate it/],
    [class {}, /^class \(anonymous\) has no @EventContract\./],
    [Child, /^class Child has no @EventContract of its own; that of its parent UserRegistered/],
    [
      defineEvent('bad name', { key: null }),
      /^defineEvent\('bad name'\): the event's name 'bad name' has characters/,
    ],
  ])('says once what is wrong with what is first used: %s', (ref, said) => {
    expect(() => new ContractRegistry().resolve(ref as EventRef)).toThrow(said);
    expect(faultsOf((registry) => registry.add(ref as EventRef, 'A.a'))).toEqual([
      expect.stringMatching(/^A\.a: /),
    ]);
  });

  it('takes the same contract twice', () => {
    expect(
      faultsOf((registry) => {
        registry.add(UserRegistered, 'A');
        registry.add(UserRegistered, 'B');
        registry.add(defineEvent('a', { key: 'b' }), 'A');
        registry.add(defineEvent('a', { key: 'b' }), 'B');
      }),
    ).toEqual([]);
  });
});
