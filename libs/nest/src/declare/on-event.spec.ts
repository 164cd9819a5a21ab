import { ConfigurationError, EventContext, EventContract, defineEvent } from '@tramline/core';
import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { declarationsOf } from './declarations.js';
import { OnEvent } from './on-event.js';

@EventContract('user.registered', { key: 'userId' })
class UserRegistered {
  userId!: string;
  email!: string;
}

@EventContract('user.deleted', { key: 'userId' })
class UserDeleted {
  userId!: string;
  reason!: string;
}

class VerifiedUser extends UserRegistered {
  verifiedAt!: Date;
}

const OrderPlaced = defineEvent<{ orderId: string; total: number }>('order.placed', { key: 'orderId' });

declare global {
  interface TramlineEvents {
    'test.named': { readonly count: number };
  }
}

class Accepted {
  @OnEvent(UserRegistered)
  event(_event: UserRegistered, _context: EventContext) {}

  @OnEvent(UserRegistered)
  async asynchronous(event: UserRegistered): Promise<string> {
    return Promise.resolve(event.email);
  }

  @OnEvent(UserRegistered)
  observable(event: UserRegistered) {
    return of(event.email);
  }

  @OnEvent(UserRegistered)
  nothing() {}

  @OnEvent([UserRegistered, UserDeleted])
  list(event: UserRegistered | UserDeleted) {
    return event.userId;
  }

  @OnEvent(OrderPlaced)
  contract(event: { orderId: string; total: number }) {
    return event.total;
  }

  @OnEvent('test.named')
  named(event: { readonly count: number }) {
    return event.count;
  }

  @OnEvent('somebody.elses.event')
  untyped(event: { whatever: string }) {
    return event.whatever;
  }

  @OnEvent(UserRegistered, { batch: { size: 10, wait: '50ms' } })
  batch(events: UserRegistered[], contexts: EventContext[]) {
    return events.length + contexts.length;
  }

  @OnEvent(UserRegistered, { tombstones: true })
  tombstones(event: UserRegistered | null) {
    return event?.email;
  }

  @OnEvent([UserRegistered, UserDeleted], { batch: { size: 10 } })
  batchOfSome(events: readonly (UserRegistered | UserDeleted)[]) {
    return events.length;
  }

  @OnEvent(UserRegistered, { retry: { delays: ['10s'], on: [[TypeError, 'dead']] } })
  transaction(_event: UserRegistered, { tx }: EventContext<{ insert(): void }>) {
    tx.insert();
  }
}

describe('OnEvent', () => {
  it('records events and options of each method', () => {
    const found = declarationsOf(Accepted.prototype);
    expect([...found.keys()]).toHaveLength(12);
    expect(found.get('event')).toEqual([{ events: [UserRegistered], options: null }]);
    expect(found.get('list')).toEqual([{ events: [UserRegistered, UserDeleted], options: null }]);
    expect(found.get('batch')).toEqual([
      { events: [UserRegistered], options: { batch: { size: 10, wait: '50ms' } } },
    ]);
  });

  it('is refused by the compiler for a method that does not take the event', () => {
    class Refused {
      // @ts-expect-error -- the method takes another event
      @OnEvent(UserRegistered)
      another(_event: UserDeleted) {}

      // @ts-expect-error -- the method asks for more than the event has
      @OnEvent(UserRegistered)
      more(_event: VerifiedUser) {}

      // @ts-expect-error -- the method takes only one of the two events
      @OnEvent([UserRegistered, UserDeleted])
      one(_event: UserRegistered) {}

      // @ts-expect-error -- the contract's payload has no such property
      @OnEvent(OrderPlaced)
      contract(_event: { orderId: string; currency: string }) {}

      // @ts-expect-error -- the name is known, with another payload
      @OnEvent('test.named')
      named(_event: { readonly count: string }) {}

      // @ts-expect-error -- a batch handler gets lists
      @OnEvent(UserRegistered, { batch: { size: 10 } })
      batch(_event: UserRegistered) {}

      // @ts-expect-error -- only a batch handler gets lists
      @OnEvent(UserRegistered)
      single(_events: UserRegistered[]) {}

      // @ts-expect-error -- the event is null when it is a tombstone
      @OnEvent(UserRegistered, { tombstones: true })
      tombstones(_event: UserRegistered) {}

      // @ts-expect-error -- the context is the second argument
      @OnEvent(UserRegistered)
      swapped(_context: EventContext, _event: UserRegistered) {}

      // @ts-expect-error -- there are two arguments
      @OnEvent(UserRegistered)
      three(_event: UserRegistered, _context: EventContext, _more: string) {}

      // @ts-expect-error -- there is no such option
      @OnEvent(UserRegistered, { retries: 3 })
      option(_event: UserRegistered) {}

      // @ts-expect-error -- a property is no method
      @OnEvent(UserRegistered)
      property = 1;
    }
    expect(declarationsOf(Refused.prototype).size).toBe(12);
  });

  it('keeps several declarations of one method in the order of the source', () => {
    class Twice {
      @OnEvent(UserRegistered, { id: 'first' })
      @OnEvent(UserDeleted, { id: 'second' })
      handle(_event: UserRegistered | UserDeleted) {}
    }
    expect(
      declarationsOf(Twice.prototype)
        .get('handle')
        ?.map(({ options }) => options?.id),
    ).toEqual(['first', 'second']);
  });

  it('is inherited, also by a method that overrides, and replaced where it is declared anew', () => {
    class Base {
      @OnEvent(UserRegistered, { id: 'kept' })
      kept(_event: UserRegistered) {}
      @OnEvent(UserRegistered, { id: 'overridden' })
      overridden(_event: UserRegistered) {}
      @OnEvent(UserRegistered, { id: 'old' })
      replaced(_event: UserRegistered) {}
    }
    class Child extends Base {
      override overridden(_event: UserRegistered) {}
      @OnEvent(UserRegistered, { id: 'new' })
      override replaced(_event: UserRegistered) {}
    }
    const ids = (type: { prototype: object }) =>
      new Set([...declarationsOf(type.prototype).values()].flat().map(({ options }) => options?.id));
    expect(ids(Child)).toEqual(new Set(['kept', 'new', 'overridden']));
    expect(ids(Base)).toEqual(new Set(['kept', 'old', 'overridden']));
  });

  it('survives a decorator above it that replaces the method', () => {
    const Traced = (): MethodDecorator => (_target, _key, descriptor) => ({
      ...descriptor,
      value: (() => undefined) as never,
    });
    class Wrapped {
      @Traced()
      @OnEvent(UserRegistered)
      handle(_event: UserRegistered) {}
    }
    expect([...declarationsOf(Wrapped.prototype).keys()]).toEqual(['handle']);
  });

  it('refuses a static method where it stands', () => {
    expect(() => {
      class Static {
        @OnEvent(UserRegistered)
        static handle(_event: UserRegistered) {}
      }
      return Static;
    }).toThrow(ConfigurationError);
  });
});
