import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { HandlerDefinition } from '@tramline/core';
import type { Declaration } from '../declare/declarations.js';
import { hostFaults, methodFaults } from './host-faults.js';
import { hostOf, type HandlerHost, type Wrapper } from './host.js';

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
  readonly handlers: readonly FoundHandler[];
  /** One sentence each, naming class, method and fix. */
  readonly faults: readonly string[];
}

/** Finds the methods with `@OnEvent` on all providers and controllers of the application. */
@Injectable()
export class HandlerExplorer {
  constructor(private readonly discovery: DiscoveryService) {}

  /** @param isIncluded - tells the providers and controllers to look at; default all */
  explore(isIncluded: (wrapper: Wrapper) => boolean = () => true): Found {
    const handlers: FoundHandler[] = [];
    const faults: string[] = [];
    const seen = new Set<unknown>();
    for (const wrapper of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      if (!isIncluded(wrapper)) continue;
      const host = hostOf(wrapper);
      if (!host) continue;
      const ofHost = hostFaults(host);
      faults.push(...ofHost);
      // One object may be provided under several tokens; it reacts once.
      if (ofHost.length > 0 || seen.has(wrapper.instance)) continue;
      seen.add(wrapper.instance);
      for (const [method, declarations] of host.handlers) {
        const place = `${host.className}.${String(method)}`;
        const ofMethod = methodFaults(host, method);
        faults.push(...ofMethod.map((fault) => `${place}: ${fault}`));
        if (ofMethod.length === 0)
          handlers.push(...this.handlersOf(host, String(method), place, declarations, faults));
      }
    }
    return { handlers: handlers.map((handler) => distinct(handler, handlers)), faults };
  }

  private handlersOf(
    { wrapper, className, moduleName }: HandlerHost,
    method: string,
    place: string,
    declarations: readonly Declaration[],
    faults: string[],
  ): FoundHandler[] {
    const of = ({ events, options }: Declaration) => {
      const id = options?.id ?? `${className}.${method}`;
      const instance = wrapper.instance as object;
      return { ...options, id, events, place, instance, method, hostId: wrapper.id, moduleName };
    };
    const unnamed = declarations.filter(({ options }) => options?.id === undefined);
    if (unnamed.length > 0 && !className) {
      faults.push(
        `${place}: its class has no name to make an id of. Name the class, or give the handler an id.`,
      );
      return [];
    }
    if (unnamed.length < 2) return declarations.map(of);
    if (unnamed.some(({ options }) => options !== null)) {
      faults.push(
        `${place}: several @OnEvent with options need an id each, such as { id: '${place}.first' }.`,
      );
      return [];
    }
    const merged: Declaration = { events: unnamed.flatMap(({ events }) => events), options: null };
    return [...declarations.filter((one) => !unnamed.includes(one)), merged].map(of);
  }
}

/** A class that two modules provide is two handlers of one name: their places must tell which is which. */
function distinct(handler: FoundHandler, all: readonly FoundHandler[]): FoundHandler {
  const isTwin = all.some(({ place, instance }) => place === handler.place && instance !== handler.instance);
  return isTwin ? { ...handler, place: `${handler.place} (in ${handler.moduleName})` } : handler;
}
