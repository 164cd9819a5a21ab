import 'reflect-metadata';
import type { EventContext, EventOf, EventRef, HandlerOptions } from '@tramline/core';
import { addDeclaration } from './declarations.js';

/** Options of a handler that gets events one by one. */
export type SingleHandlerOptions = HandlerOptions & {
  readonly batch?: undefined;
  readonly tombstones?: false;
};

/** Options of a handler that gets events one by one, and null for a record without a value. */
export type TombstoneHandlerOptions = HandlerOptions & {
  readonly batch?: undefined;
  readonly tombstones: true;
};

/** Options of a handler that gets events by the batch. */
export type BatchHandlerOptions = HandlerOptions & { readonly batch: NonNullable<HandlerOptions['batch']> };

/** A handler's method. `unknown` admits async methods and Observables; `void` would reject every async one (TS1241). */
export type HandlerMethod<R> = (
  event: EventOf<R>,
  // oxlint-disable-next-line no-explicit-any -- a handler with `once` may name its transaction's type
  context: EventContext<any>,
) => unknown;

/** A method of a handler that asks for tombstones. */
export type TombstoneHandlerMethod<R> = (
  event: EventOf<R> | null,
  // oxlint-disable-next-line no-explicit-any -- as above
  context: EventContext<any>,
) => unknown;

/** A batch handler's method: the events of one partition and, at the same index, what is known of each. */
export type BatchHandlerMethod<R> = (
  events: EventOf<R>[],
  // oxlint-disable-next-line no-explicit-any -- as above
  contexts: EventContext<any>[],
) => unknown;

/** What `@OnEvent` returns: a decorator of methods of type `M` only. */
export type HandlerDecorator<M> = <T extends M>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<T>,
) => void;

/**
 * Makes a method of a provider or controller a handler: it reacts to `ref`, to each event of a list of them. The compiler
 * checks that the method takes what `ref` carries. Without parameter decorators it is called with (event, context); with
 * `@Payload()` and `@Ctx()` the order must be the same.
 *
 * Only records: `TramlineModule` finds the handlers at boot and refuses what cannot work. Several on one method are
 * several handlers, each with its own `id`; those without any options are one handler of all their events.
 */
export function OnEvent<const R extends EventRef | readonly EventRef[]>(
  ref: R,
  options: BatchHandlerOptions,
): HandlerDecorator<BatchHandlerMethod<R>>;
export function OnEvent<const R extends EventRef | readonly EventRef[]>(
  ref: R,
  options: TombstoneHandlerOptions,
): HandlerDecorator<TombstoneHandlerMethod<R>>;
export function OnEvent<const R extends EventRef | readonly EventRef[]>(
  ref: R,
  options?: SingleHandlerOptions,
): HandlerDecorator<HandlerMethod<R>>;
export function OnEvent(
  ref: EventRef | readonly EventRef[],
  options?: HandlerOptions,
): HandlerDecorator<unknown> {
  const events = Array.isArray(ref) ? (ref as readonly EventRef[]) : [ref as EventRef];
  return (target, method) => addDeclaration(target, method, { events, options: options ?? null });
}
