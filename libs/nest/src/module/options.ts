import type { HandlerOverrides, TramlineOptions } from '@tramline/core';

/** Options of `TramlineModule`: those of core, without what Nest itself provides. */
export interface TramlineModuleOptions extends Omit<
  TramlineOptions,
  'handlers' | 'overrides' | 'clock' | 'random' | 'log'
> {
  /**
   * Changes to handlers by id, for what is only known from configuration, because decorators run before it is read:
   * `{ 'welcome-sms': { enabled: false } }`. An id that no handler has is refused.
   */
  readonly handlers?: Readonly<Record<string, HandlerOverrides>>;
  /**
   * Whether global guards, interceptors, pipes and filters take part when events are handled. Default false: they are
   * written for requests, and a guard that asks for a token would reject every event. Boot names those left out.
   */
  readonly globalEnhancers?: boolean;
}

/** A class that makes the options, for `forRootAsync({ useClass })` and `{ useExisting }`. */
export interface TramlineOptionsFactory {
  createTramlineOptions(): TramlineModuleOptions | Promise<TramlineModuleOptions>;
}

// A record, so that the compiler notices an option that is missing here.
const KNOWN: Record<keyof TramlineModuleOptions, true> = {
  service: true,
  transport: true,
  namespace: true,
  handlers: true,
  contracts: true,
  consume: true,
  retry: true,
  policies: true,
  consumer: true,
  publisher: true,
  topics: true,
  outbox: true,
  validation: true,
  codec: true,
  globalEnhancers: true,
};

/** Those of the options that there are. */
export function knownOptions(options: TramlineModuleOptions): TramlineModuleOptions {
  const known = Object.entries(options).filter(([name]) => Object.hasOwn(KNOWN, name));
  return Object.fromEntries(known) as unknown as TramlineModuleOptions;
}

/** What is wrong with the options that core does not know of. */
export function optionFaults(options: TramlineModuleOptions): string[] {
  const faults = Object.keys(options)
    .filter((name) => !Object.hasOwn(KNOWN, name))
    .map((name) => `TramlineModule: unknown option '${name}'. Known: ${Object.keys(KNOWN).join(', ')}.`);
  const { handlers, globalEnhancers } = options as { handlers?: unknown; globalEnhancers?: unknown };
  if (
    handlers !== undefined &&
    (typeof handlers !== 'object' || handlers === null || Array.isArray(handlers))
  ) {
    faults.push(
      `TramlineModule: 'handlers' is ${Array.isArray(handlers) ? 'a list' : JSON.stringify(handlers)}. Give an object by handler id: { 'welcome-sms': { enabled: false } }.`,
    );
  }
  if (globalEnhancers !== undefined && typeof globalEnhancers !== 'boolean') {
    faults.push(
      `TramlineModule: 'globalEnhancers' is ${JSON.stringify(globalEnhancers)}. Give true or false.`,
    );
  }
  return faults;
}
