import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../errors.js';
import { contractOf, defineEvent, EventContract } from './event-contract.js';
import { PayloadError } from './payload-error.js';
import { StandardValidation } from './standard-validation.js';

function schema(validate: StandardSchemaV1['~standard']['validate']): StandardSchemaV1<unknown, object> {
  return {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: validate as StandardSchemaV1<unknown, object>['~standard']['validate'],
    },
  };
}

@EventContract('user.registered', { key: 'userId' })
class UserRegistered {
  readonly made: boolean;
  constructor(readonly userId: string) {
    this.made = userId.length > 0;
  }
  hello() {
    return `Hello ${this.userId}`;
  }
}

const validation = new StandardValidation();

describe('StandardValidation', () => {
  it('gives what the schema makes of a payload, both ways', () => {
    const contract = defineEvent('a', {
      key: null,
      schema: schema((value) => ({ value: { ...(value as object), plan: 'free' } })),
    });
    expect(validation.outgoing(contract, { name: 'Ann' })).toEqual({ name: 'Ann', plan: 'free' });
    expect(validation.incoming(contract, { name: 'Ann' })).toEqual({ name: 'Ann', plan: 'free' });
  });

  it('tells every issue with its path', () => {
    const issues = [{ message: 'too short', path: ['users', { key: 0 }, 'name'] }, { message: 'bad' }];
    const contract = defineEvent('a', { key: null, schema: schema(() => ({ issues })) });
    const expected = [
      { path: 'users.0.name', message: 'too short' },
      { path: '', message: 'bad' },
    ];
    for (const way of ['outgoing', 'incoming'] as const) {
      expect(() => validation[way](contract, {})).toThrow(
        expect.objectContaining({ faults: expected, eventType: 'a' }) as Error,
      );
    }
  });

  it('refuses a schema that waits, whatever becomes of what it waits for', () => {
    const contract = defineEvent('a', { key: null, schema: schema(() => Promise.reject(new Error('late'))) });
    expect(() => validation.outgoing(contract, {})).toThrow(ConfigurationError);
    expect(() => validation.outgoing(contract, {})).toThrow(/asynchronously/);
  });

  it('makes instances of the class without calling its constructor', () => {
    const contract = contractOf(UserRegistered)!;
    const event = validation.incoming(contract, { userId: 'u1', extra: 1 }) as UserRegistered;
    expect(event).toBeInstanceOf(UserRegistered);
    expect(event.hello()).toBe('Hello u1');
    expect(event).toMatchObject({ extra: 1 });
    for (const wrong of [null, 'text', 7, [1]])
      expect(() => validation.incoming(contract, wrong)).toThrow(PayloadError);
  });

  it('refuses a property that the class only computes', () => {
    class Order {
      get total() {
        return 1;
      }
    }
    const contract = { type: 'o', topic: 'o', key: null, target: Order };
    expect(() => validation.incoming(contract, { total: 2 })).toThrow(PayloadError);
  });
});
