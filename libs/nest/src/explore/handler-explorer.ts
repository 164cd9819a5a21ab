import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { HandlerDefinition } from '@tramline/core';
import type { Declaration } from '../declare/declarations.js';
import { hostFaults, methodFaults } from './host-faults.js';
import { hostOf, type HandlerHost } from './host.js';

/** A handler found in the application, not yet callable. */
export interface FoundHandler extends Omit<HandlerDefinition, 'run'> {
  readonly place: string;
  readonly instance: object;
  readonly method: string;
  /** The id of its provider's wrapper. */
  readonly hostId: string;
  readonly moduleName: string;
}

export interface Found {
  /** With those that have faults, so that whoever judges them as a whole misses none. */
  readonly handlers: readonly FoundHandler[];
  /** One sentence each, naming class, method and fix. */
  readonly faults: readonly string[];
}

/** Finds the methods with `@OnEvent` on all providers and controllers of the application. */
@Injectable()
export class HandlerExplorer {
  constructor(private readonly discovery: DiscoveryService) {}

  /** @param globalPipes - whether global pipes take part when events are handled */
  explore(globalPipes: boolean): Found {
    const handlers: FoundHandler[] = [];
    const faults: string[] = [];
    const seen = new Set<unknown>();
    for (const wrapper of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      const host = hostOf(wrapper);
      // One object may be provided under several tokens; it reacts once.
      if (!host || seen.has(wrapper.instance)) continue;
      seen.add(wrapper.instance);
      for (const [method, declarations] of host.handlers) {
        const place = `${host.className}.${String(method)}`;
        const ofHost = hostFaults(host);
        const ofMethod = ofHost.length > 0 ? ofHost : methodFaults(host, method, globalPipes);
        const { named, unnamed } = nameHandlers(host, method, declarations);
        faults.push(...[...ofMethod, ...unnamed].map((fault) => `${place}: ${fault}`));
        handlers.push(...named.map((one) => found(host, String(method), place, one)));
      }
    }
    return { handlers: handlers.map((handler) => distinct(handler, handlers)), faults };
  }
}

type Named = Pick<FoundHandler, 'id' | 'events'> & { readonly options: Declaration['options'] };

/** Gives each declaration of a method its id, or says why it has none; those without options become one handler. */
function nameHandlers(
  { className }: HandlerHost,
  method: string | symbol,
  declarations: readonly Declaration[],
): { readonly named: readonly Named[]; readonly unnamed: readonly string[] } {
  const id = `${className}.${String(method)}`;
  const named = declarations.flatMap(({ events, options }) =>
    options?.id === undefined ? [] : [{ id: options.id, events, options }],
  );
  const others = declarations.filter(({ options }) => options?.id === undefined);
  if (others.length === 0) return { named, unnamed: [] };
  if (!className) {
    return { named, unnamed: ['its class has no name to make an id of. Name the class, or give an id.'] };
  }
  if (others.length > 1 && others.some(({ options }) => options !== null)) {
    return {
      named,
      unnamed: [`several @OnEvent with options need an id each, such as { id: '${id}.first' }.`],
    };
  }
  // What the inbox remembers under it must outlast a renamed method.
  if (others.some(({ options }) => options?.once)) {
    return { named, unnamed: [`'once: true' needs an id of its own, such as { id: '${id}', once: true }.`] };
  }
  const events = others.flatMap((declaration) => declaration.events);
  return { named: [...named, { id, events, options: others[0]!.options }], unnamed: [] };
}

function found(
  { wrapper, moduleName }: HandlerHost,
  method: string,
  place: string,
  { id, events, options }: Named,
): FoundHandler {
  return {
    ...options,
    id,
    events,
    place,
    instance: wrapper.instance as object,
    method,
    hostId: wrapper.id,
    moduleName,
  };
}

/** A class that two modules provide is two handlers of one name: their places must tell which is which. */
function distinct(handler: FoundHandler, all: readonly FoundHandler[]): FoundHandler {
  const isTwin = all.some(({ place, instance }) => place === handler.place && instance !== handler.instance);
  return isTwin ? { ...handler, place: `${handler.place} (in ${handler.moduleName})` } : handler;
}
