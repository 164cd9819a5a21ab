import type { Naming } from '../naming.js';
import type { Clock } from '../time/clock.js';
import { HandlerRunner } from './attempt.js';
import type { ConsumerSettings } from './consumer-settings.js';
import type { Handler } from './handler.js';
import { Scheduler } from './scheduler.js';

interface RoutesParts {
  readonly settings: ConsumerSettings;
  readonly naming: Naming;
  readonly clock: Clock;
}

/** Which handlers of a group get what. */
export class Routes {
  readonly scheduler: Scheduler;
  private readonly byTopic = new Map<string, Map<string, HandlerRunner[]>>();
  private readonly byId = new Map<string, { readonly runner: HandlerRunner | null }>();

  constructor(handlers: readonly Handler[], { settings, naming, clock }: RoutesParts) {
    this.scheduler = new Scheduler(settings.concurrency);
    for (const handler of handlers) {
      const runner = handler.enabled
        ? new HandlerRunner(handler, this.scheduler.slot(handler.concurrency), clock)
        : null;
      for (const id of handler.ids) this.byId.set(id, { runner });
      if (runner)
        for (const { topic, type } of handler.contracts) this.add(naming.topic(topic), type, runner);
    }
  }

  topics(): string[] {
    return [...this.byTopic.keys()];
  }

  types(topic: string): ReadonlyMap<string, readonly HandlerRunner[]> {
    return this.byTopic.get(topic) ?? new Map();
  }

  runners(): HandlerRunner[] {
    return [...new Set([...this.byId.values()].flatMap(({ runner }) => runner ?? []))];
  }

  handler(id: string): { readonly runner: HandlerRunner | null } | undefined {
    return this.byId.get(id);
  }

  private add(topic: string, type: string, runner: HandlerRunner): void {
    let types = this.byTopic.get(topic);
    if (!types) this.byTopic.set(topic, (types = new Map()));
    const runners = types.get(type);
    if (!runners) types.set(type, [runner]);
    else if (!runners.includes(runner)) runners.push(runner);
  }
}
