import type { StandardSchemaV1 } from '@standard-schema/spec';

declare global {
  /**
   * Names of events and the types of their payloads, for those who publish and handle by name. Empty here; an application
   * adds to it: `declare global { interface TramlineEvents { 'user.registered': UserRegistered } }`. Global because an
   * interface that a package re-exports cannot be augmented through that package.
   */
  interface TramlineEvents {}
}

/** A class whose instances are events. */
// Constructor parameters are contravariant: `never[]` admits every class.
export type EventClass<T extends object = object> = abstract new (...args: never[]) => T;

/**
 * Everything known of one kind of event. `@EventContract` makes one for a class, `defineEvent` one without a class; both
 * serve wherever an event is referred to.
 */
export interface Contract<T extends object = object> {
  /** The event's name: CloudEvents `type`. A breaking change is a new name. */
  readonly type: string;
  /** The topic it is published to, before the namespace is put in front. */
  readonly topic: string;
  /** A property of the payload, or a function of it, whose value keys the record; null: no order, spread evenly. */
  readonly key: string | KeyFunction<T> | null;
  /** Validates payloads on both sides when given. */
  readonly schema?: StandardSchemaV1;
  /** The class, when there is one: payloads are made instances of it. */
  readonly target?: EventClass<T>;
}

/** Finds the key of a payload. A method's type, so that a contract of a special payload is a contract all the same. */
export type KeyFunction<T extends object = object> = { of(payload: T): string | null }['of'];

/** How an event is referred to: its class, its contract, or its name. */
export type EventRef<T extends object = object> = EventClass<T> | Contract<T> | EventName;

/** Any text is a name; those in `TramlineEvents` carry a type. */
export type EventName = keyof TramlineEvents | (string & {});

/** The payload's type behind a reference or a list of them; an unlisted name says nothing about its payload. */
export type EventOf<R> = R extends readonly (infer E)[]
  ? EventOf<E>
  : R extends EventClass<infer T>
    ? T
    : R extends Contract<infer T>
      ? T
      : R extends keyof TramlineEvents
        ? TramlineEvents[R]
        : // oxlint-disable-next-line no-explicit-any -- a handler of an untyped name may declare what it knows
          any;

/**
 * What a publisher gives for a reference: the event's data. The class's methods are left out, so that a plain object
 * serves; readonly and optional properties stay what they are.
 */
export type PayloadOf<R> = Data<EventOf<R>>;

type Data<T> = unknown extends T
  ? T
  : { [K in keyof T as T[K] extends (...args: never[]) => unknown ? never : K]: T[K] };
