import { Tramline } from '@tramline/core';
import { SeededRandom, type MemoryTransport } from '@tramline/testing';
import type { Holding, Member, Run } from '../oracle/model.ts';
import { mix } from '../scenario/dice.ts';
import {
  CONTRACTS,
  type Payload,
  type Scenario,
  type ServiceSpec,
  type Version,
} from '../scenario/scenario.ts';
import { definitionOf } from './handlers.ts';
import { ProcessClock } from './process-clock.ts';
import { logTo, optionsOf, skewOf } from './process-options.ts';
import { taggedTransport } from './tagged-transport.ts';
import type { World } from './world.ts';

const NOTHING: Version = { handlers: [], tiers: [1_000] };

/**
 * One process of a service, from its start to its end: a bus with a clock and a connection of its own.
 *
 * Running, perhaps frozen for a while -> closing -> closed; or -> crashed, from any of these.
 */
export class SimProcess implements Member {
  readonly name: string;
  readonly service: ServiceSpec | undefined;
  readonly version: Version;
  readonly clock: ProcessClock;
  readonly bus: Tramline;
  readonly active = new Set<Run>();
  readonly doubts = new Set<string>();
  /** What each membership of it holds. */
  readonly holdings = new Set<ReadonlyMap<string, Holding>>();
  state: 'running' | 'closing' | 'closed' | 'crashed' = 'running';
  /** Grows whenever something from outside hits the process: what it does meanwhile is excused. */
  troubles = 0;
  /** Calls of publish that are neither acknowledged nor rejected. */
  publishing = 0;
  #transport!: MemoryTransport;
  #cut = false;
  #thawedAt = -Infinity;
  #doubleDeliveries = 0;
  readonly #world: World;

  /** @param service - undefined: publishes and operates only */
  constructor(world: World, name: string, service: ServiceSpec | undefined, version: Version = NOTHING) {
    this.#world = world;
    this.name = name;
    this.service = service;
    this.version = version;
    const { scenario, oracle } = world;
    this.clock = new ProcessClock(world.clock, skewOf(scenario, name));
    this.bus = new Tramline({
      ...optionsOf(scenario, version),
      service: service?.name ?? 'tools',
      consume: service !== undefined,
      handlers: version.handlers.map((spec) => definitionOf(spec, { scenario, oracle, clock: this.clock })),
      transport: {
        name: 'memory',
        open: (environment) => {
          this.#transport = world.broker.open({ ...environment, clientId: name });
          return taggedTransport(this.#transport, this, oracle);
        },
      },
      clock: this.clock,
      random: new SeededRandom(mix(scenario.seed, name)),
      log: logTo(oracle, name),
    });
    if (scenario.observed) this.bus.observations.observe(() => undefined);
  }

  get scenario(): Scenario {
    return this.#world.scenario;
  }

  get isAlive(): boolean {
    return this.state === 'running' || this.state === 'closing';
  }

  /** Something outside keeps it from its work just now, or did a moment ago. */
  get isDisturbed(): boolean {
    const { broker, clock, scenario } = this.#world;
    const recently = clock.monotonic() - this.#thawedAt < scenario.consumer.sessionTimeout;
    return this.#cut || this.clock.frozen || broker.away || recently;
  }

  start(): void {
    this.bus.start().catch((error: Error) => {
      if (this.state === 'running')
        this.#world.oracle.trace.broken('start', `${this.name} did not start: ${error.message}`);
    });
  }

  publish(index: number, payload: Payload, partition?: number): void {
    const { publishing } = this.#world.oracle;
    const call = publishing.called();
    this.publishing++;
    const options = partition === undefined ? {} : { partition };
    this.bus.events.publish(CONTRACTS[index]!, payload, options).then(
      (receipt) => {
        this.publishing--;
        publishing.acknowledged(this.name, payload.k, call, receipt);
      },
      (error: Error & { eventId?: string; outcome?: string }) => {
        this.publishing--;
        publishing.rejected(this.name, error.eventId ?? error.message, error.outcome ?? 'not-written');
      },
    );
  }

  /** Ends as on SIGTERM. */
  close(): void {
    if (this.state !== 'running') return;
    this.state = 'closing';
    void this.bus.close().then(() => {
      this.state = 'closed';
      this.#world.oracle.trace.add(`${this.name} is closed`);
      // The transport's last turns are over by then.
      this.#world.clock.setTimer(1, () => this.#leavesNothing());
    });
  }

  /** What still runs has its deadline; everything else must be gone. */
  #leavesNothing(): void {
    if (this.active.size > 0 || this.clock.pending === 0 || this.clock.freezes > 0) return;
    this.#world.oracle.trace.broken(
      'timers left',
      `${this.name} closed with ${this.clock.pending} timers and nothing running`,
    );
  }

  /** Ends as on SIGKILL. */
  crash(): void {
    if (!this.isAlive) return;
    this.state = 'crashed';
    this.#transport.crash();
    this.clock.end();
    for (const held of this.holdings) for (const holding of held.values()) holding.state = 'over';
    this.holdings.clear();
  }

  freeze(): void {
    this.troubles++;
    this.clock.freeze();
    this.#transport.setSilent(true);
  }

  thaw(): void {
    this.#thawedAt = this.#world.clock.monotonic();
    this.#transport.setSilent(false);
    this.clock.thaw();
  }

  cut(cut: boolean): void {
    this.troubles++;
    this.#cut = cut;
    this.#transport.setAway(cut);
  }

  deliverTwice(times: number): void {
    this.#doubleDeliveries += times;
  }

  takeDoubleDelivery(): boolean {
    if (this.#doubleDeliveries === 0) return false;
    this.#doubleDeliveries--;
    return true;
  }

  /** Mends what was done to it. */
  heal(): void {
    this.#doubleDeliveries = 0;
    if (!this.isAlive) return;
    if (this.clock.frozen) this.thaw();
    if (this.#cut) this.cut(false);
  }
}
