import 'reflect-metadata';
import {
  ConfigurationError,
  EventContract,
  PayloadError,
  contractOf,
  defineEvent,
  type EventClass,
} from '@tramline/core';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import {
  IsDate,
  IsEmail,
  IsInt,
  IsOptional,
  IsString,
  Validate,
  ValidateNested,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ClassValidation } from './class-validation.js';
import { loadOptionalPeers } from './optional-peers.js';

@EventContract('user.registered', { key: 'userId' })
class UserRegistered {
  @IsString() userId!: string;
  @IsEmail() email!: string;
}

class Line {
  @IsString() sku!: string;
  @IsInt() count!: number;
}

@EventContract('order.placed', { key: null })
class OrderPlaced {
  @IsDate() @Type(() => Date) at!: Date;
  @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
  @IsOptional() @IsString() note: string = 'none';
}

@EventContract('payment.made', { key: null })
class PaymentMade {
  @IsString() @Expose({ name: 'payment_id' }) paymentId!: string;
  @Exclude({ toPlainOnly: true }) card!: string;
  @Transform(({ value }) => (value as string[]).join(','), { toPlainOnly: true })
  @Transform(({ value }) => (value as string).split(','), { toClassOnly: true })
  tags!: string[];
}

@EventContract('bare', { key: null })
class Bare {
  a!: unknown;
}

let validation: ClassValidation;
beforeAll(async () => {
  validation = new ClassValidation(await loadOptionalPeers());
});

const contract = (type: EventClass) => contractOf(type)!;
const faultsOf = (call: () => unknown) => {
  try {
    call();
  } catch (error) {
    return (error as PayloadError).faults;
  }
  return 'accepted';
};

describe('outgoing payloads of a class', () => {
  it('are accepted as a plain object and as an instance', () => {
    const plain = { userId: 'u1', email: 'ada@example.com' };
    expect(validation.outgoing(contract(UserRegistered), plain)).toEqual(plain);
    const instance = Object.assign(new UserRegistered(), plain);
    expect({ ...(validation.outgoing(contract(UserRegistered), instance) as object) }).toEqual(plain);
  });

  it('are refused with every fault', () => {
    const publish = () => validation.outgoing(contract(UserRegistered), { userId: 1, email: 'nobody' });
    expect(publish).toThrow(PayloadError);
    expect(faultsOf(publish)).toEqual([
      { path: 'userId', message: 'must be a string' },
      { path: 'email', message: 'must be an email' },
    ]);
  });

  it('are refused with the whole path of what is nested', () => {
    const payload = {
      at: new Date(0),
      lines: [
        { sku: 'a', count: 1 },
        { sku: 'b', count: 1.5 },
      ],
    };
    expect(faultsOf(() => validation.outgoing(contract(OrderPlaced), payload))).toEqual([
      { path: 'lines.1.count', message: 'must be an integer number' },
    ]);
  });

  it.each([
    [null, 'null'],
    [undefined, 'undefined'],
    [7, 'a number'],
    ['text', 'a string'],
    [[], 'an array'],
  ])('are refused when they are no object: %s', (payload, given) => {
    expect(faultsOf(() => validation.outgoing(contract(UserRegistered), payload))).toEqual([
      { path: '', message: `must be an object of class UserRegistered, not ${given}` },
    ]);
  });

  it('may have properties that the contract does not know', () => {
    const payload = { userId: 'u1', email: 'ada@example.com', later: true };
    expect(validation.outgoing(contract(UserRegistered), payload)).toEqual(payload);
  });

  it('get the defaults of the class', () => {
    expect(validation.outgoing(contract(OrderPlaced), { at: new Date(0), lines: [] })).toMatchObject({
      note: 'none',
    });
  });

  it('are in the terms of the class: names and transformations of the wire are applied once, on the way out', () => {
    const payload = { paymentId: 'p1', card: '4111', tags: ['a', 'b'] };
    const wire = { payment_id: 'p1', tags: 'a,b' };
    expect(validation.outgoing(contract(PaymentMade), payload)).toEqual(wire);
    expect(validation.outgoing(contract(PaymentMade), Object.assign(new PaymentMade(), payload))).toEqual(
      wire,
    );
    expect(payload).toEqual({ paymentId: 'p1', card: '4111', tags: ['a', 'b'] });
  });

  it('are handed to the codec as they are when no decorator says otherwise, so that it can refuse what would be lost', () => {
    const payload = { a: { url: new URL('http://example.com'), map: new Map([['x', 1]]) } };
    expect(validation.outgoing(contract(Bare), payload)).toBe(payload);
    const instance = Object.assign(new Bare(), payload);
    expect(validation.outgoing(contract(Bare), instance)).toBe(instance);
  });

  it('may refer back to themselves without an end: the codec tells', () => {
    const payload: { a: unknown } = { a: null };
    payload.a = payload;
    expect(validation.outgoing(contract(Bare), payload)).toBe(payload);
  });

  it('have instances of decorated classes made plain, however deep', () => {
    const payment = Object.assign(new PaymentMade(), { paymentId: 'p1', card: '4111', tags: ['a'] });
    const payload = { a: { list: [{ payment }] } };
    expect(validation.outgoing(contract(Bare), payload)).toEqual({
      a: { list: [{ payment: { payment_id: 'p1', tags: 'a' } }] },
    });
    expect(payload.a.list[0]!.payment).toBe(payment);
  });
});

describe('incoming payloads of a class', () => {
  it('become instances, nested ones too', () => {
    const wire = { at: '2026-11-20T00:00:00.000Z', lines: [{ sku: 'a', count: 1 }], later: true };
    const event = validation.incoming(contract(OrderPlaced), wire) as OrderPlaced;
    expect(event).toBeInstanceOf(OrderPlaced);
    expect(event.at).toEqual(new Date('2026-11-20T00:00:00.000Z'));
    expect(event.lines[0]).toBeInstanceOf(Line);
    expect(event).toMatchObject({ later: true, note: 'none' });
  });

  it('are read by the names and transformations of the wire', () => {
    expect(validation.incoming(contract(PaymentMade), { payment_id: 'p1', tags: 'a,b' })).toMatchObject({
      paymentId: 'p1',
      tags: ['a', 'b'],
    });
  });

  it('are refused with every fault', () => {
    expect(faultsOf(() => validation.incoming(contract(UserRegistered), { email: 'nobody' }))).toEqual([
      { path: 'userId', message: 'must be a string' },
      { path: 'email', message: 'must be an email' },
    ]);
  });

  it('of a class without rules are accepted', () => {
    const event = validation.incoming(contract(Bare), { a: 1, b: 2 });
    expect(event).toBeInstanceOf(Bare);
    expect(event).toEqual({ a: 1, b: 2 });
  });

  it('cannot pass themselves off as another class, and so around the rules', () => {
    const wire = JSON.parse(
      '{"userId": 1, "email": "nobody", "constructor": {"name": "Object"}, "__proto__": {"x": 1}}',
    ) as object;
    expect(faultsOf(() => validation.incoming(contract(UserRegistered), wire))).toHaveLength(2);
  });

  it('whose conversion throws are refused, with the cause', () => {
    const read = () => validation.incoming(contract(PaymentMade), { payment_id: 'p1', tags: 7 });
    expect(read).toThrow(PayloadError);
    expect(faultsOf(read)).toEqual([
      { path: '', message: expect.stringContaining('split is not a function') as string },
    ]);
  });

  it('are filled even where the constructor asks for arguments', () => {
    @EventContract('built', { key: null })
    class Built {
      readonly name: string;
      constructor(from: { name: string }) {
        this.name = from.name;
      }
    }
    const event = validation.incoming(contract(Built), { name: 'ada' });
    expect(event).toBeInstanceOf(Built);
    expect(event).toEqual({ name: 'ada' });
  });
});

describe('contracts with a schema', () => {
  const Scored = defineEvent<{ points: number }>('scored', {
    key: null,
    schema: z.object({ points: z.number() }),
  });

  it('are validated by it on both sides', () => {
    expect(validation.outgoing(Scored, { points: 3 })).toEqual({ points: 3 });
    expect(faultsOf(() => validation.outgoing(Scored, { points: 'x' }))).toMatchObject([{ path: 'points' }]);
    expect(faultsOf(() => validation.incoming(Scored, {}))).toMatchObject([{ path: 'points' }]);
  });
});

describe('asynchronous validators', () => {
  @ValidatorConstraint({ async: true })
  class Unique implements ValidatorConstraintInterface {
    validate() {
      return Promise.resolve(false);
    }
  }
  class Inner {
    @Validate(Unique) name!: string;
  }
  @EventContract('async', { key: null })
  class Outer {
    @ValidateNested() @Type(() => Inner) inner!: Inner;
  }

  it('are named, also in what is nested, and refused instead of skipped', () => {
    expect(validation.faultsOf(Outer)).toEqual([
      expect.stringContaining('Inner.name: its validator is asynchronous'),
    ]);
    expect(validation.faultsOf(UserRegistered)).toEqual([]);
    expect(() => validation.outgoing(contract(Outer), { inner: { name: 'a' } })).toThrow(ConfigurationError);
  });
});
