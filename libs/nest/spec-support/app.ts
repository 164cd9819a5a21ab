import 'reflect-metadata';
import {
  Module,
  type INestApplicationContext,
  type LoggerService,
  type ModuleMetadata,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { memory } from '@tramline/testing';
import { afterEach, vi } from 'vitest';
import {
  EventBus,
  Tramline,
  TramlineModule,
  type EventRef,
  type Observation,
  type TramlineModuleOptions,
} from '../src/index.js';

/** How an event ended at a handler. */
export type End = Extract<Observation, { kind: 'done' | 'dead' | 'discarded' }>;

/** What an application logs, one line an entry, preceded by its level. */
export class Lines implements LoggerService {
  readonly all: string[] = [];

  log = (message: unknown) => this.all.push(`log ${String(message)}`);
  warn = (message: unknown) => this.all.push(`warn ${String(message)}`);
  error = (message: unknown) => this.all.push(`error ${String(message)}`);
  debug = (message: unknown) => this.all.push(`debug ${String(message)}`);
  verbose = () => {};
}

/** A started application with a bus in memory. */
export class TestApp {
  readonly ends: End[] = [];
  readonly observations: Observation[] = [];
  readonly bus: EventBus;

  constructor(
    readonly app: INestApplicationContext,
    readonly lines: Lines,
  ) {
    this.bus = app.get(EventBus);
    app.get(Tramline).observations.observe((observation) => {
      this.observations.push(observation);
      if (observation.kind === 'done' || observation.kind === 'dead' || observation.kind === 'discarded') {
        this.ends.push(observation);
      }
    });
  }

  /** Publishes an event and waits until each of `handlers` handlers is at an end with it. */
  async outcomes(ref: EventRef, payload: object, handlers = 1): Promise<End[]> {
    const { eventId } = await this.bus.publish(ref, payload);
    const ends = () => this.ends.filter((end) => end.eventId === eventId);
    await eventually(() => ends().length >= handlers);
    return ends();
  }

  /** As {@link outcomes} of one handler. */
  async outcome(ref: EventRef, payload: object): Promise<End> {
    const [end] = await this.outcomes(ref, payload);
    if (!end) throw new Error('no handler came to an end');
    return end;
  }
}

const open = new Set<INestApplicationContext>();

afterEach(async () => {
  for (const app of open) await app.close();
  open.clear();
});

/** The root module of an application with a bus: in memory, failed events given up at once, unless `options` say otherwise. */
export function rootModule(
  parts: ModuleMetadata,
  options: Partial<TramlineModuleOptions> = {},
): new () => object {
  const bus = TramlineModule.forRoot({
    service: 'test',
    transport: memory(),
    retry: { inPlace: 1, delays: [] },
    ...options,
  });
  @Module({ ...parts, imports: [...(parts.imports ?? []), bus] })
  class AppModule {}
  return AppModule;
}

/** Starts an application; it is closed after the test. Rejects with what Nest's boot rejects with. */
export async function start(root: new () => object): Promise<TestApp> {
  const lines = new Lines();
  const app = await NestFactory.createApplicationContext(root, { logger: lines, abortOnError: false });
  open.add(app);
  return new TestApp(app, lines);
}

/** {@link rootModule} and {@link start}. */
export function startApp(parts: ModuleMetadata, options?: Partial<TramlineModuleOptions>): Promise<TestApp> {
  return start(rootModule(parts, options));
}

/** The faults that a boot is refused with. */
export async function faultsOf(boot: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await boot.then(
    () => new Error('the application started'),
    (thrown: unknown) => thrown,
  );
  const { faults } = error as { faults?: readonly string[] };
  if (!faults) throw error;
  return faults;
}

/** Waits for a condition, not for a time. */
export function eventually(condition: () => boolean): Promise<void> {
  return vi.waitFor(
    () => {
      if (!condition()) throw new Error(`not yet: ${condition.toString()}`);
    },
    { timeout: 20_000, interval: 5 },
  );
}
