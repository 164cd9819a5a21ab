import { Tramline, type Log } from '@tramline/core';
import { provide } from '@tramline/outbox';
import { SeededRandom, type MemoryTransport } from '@tramline/testing';
import type { ModelStore, ModelTransaction } from '@tramline/testing/outbox';
import { Dice, mix } from '../../scenario/dice.ts';
import { ProcessClock } from '../../world/process-clock.ts';
import { CONTRACTS } from '../scenario/scenario.ts';
import { watchedTransport } from './watched-transport.ts';
import { withPages } from './watched-store.ts';
import type { World } from './world.ts';

/**
 * One process of a service, from its start to its end: a bus with an outbox and its relay, with a clock and connections of its
 * own.
 *
 * Running, perhaps frozen for a while -> closing -> closed; or -> crashed, from any of these.
 */
export class SimService {
  readonly name: string;
  readonly clock: ProcessClock;
  readonly bus: Tramline;
  readonly store: ModelStore;
  state: 'running' | 'closing' | 'closed' | 'crashed' = 'running';
  /** Transactions of this process that are under way. */
  writing = 0;
  readonly #world: World;
  #transport!: MemoryTransport;
  readonly #cuts = new Set<'database' | 'broker'>();

  constructor(world: World, name: string) {
    this.#world = world;
    this.name = name;
    const { scenario, broker, database } = world;
    const skew = new Dice(mix(scenario.seed, name, 'skew')).int(-scenario.skew, scenario.skew);
    this.clock = new ProcessClock(world.clock, skew);
    this.store = database.open(name, this.clock);
    // A relay that knows how long pages are asks for as many rows, and for those that fly beside.
    const store = scenario.knowsFullPages ? this.store : withPages(this.store, scenario.pageRows);
    const opened = {
      store,
      migrate: () => Promise.resolve({ applied: [], version: 1 }),
      ...(scenario.knowsFullPages && { pageRows: scenario.pageRows }),
    };
    this.bus = new Tramline({
      service: name,
      consume: false,
      contracts: CONTRACTS,
      topics: { topology: 'create', partitions: scenario.partitions },
      transport: {
        name: 'memory',
        open: (environment) => {
          this.#transport = broker.open({ ...environment, clientId: name });
          return watchedTransport(this.#transport, name, this.clock, world);
        },
      },
      outbox: provide<ModelTransaction>('model', () => opened, {
        relay: { lease: scenario.lease },
        ...(scenario.keep && { retention: '1h' }),
      }),
      clock: this.clock,
      random: new SeededRandom(mix(scenario.seed, name)),
      log: this.#log(),
    });
  }

  get isAlive(): boolean {
    return this.state === 'running' || this.state === 'closing';
  }

  /** It runs, and nothing keeps its relay from its work. */
  get relays(): boolean {
    return this.state === 'running' && !this.clock.frozen && this.#cuts.size === 0;
  }

  start(): void {
    this.bus.start().catch((error: Error) => {
      // A start may be refused by what the broker says of its topics; that is not the outbox's to mend.
      this.#world.oracle.trace.add(`${this.name} did not start: ${error.message}`);
    });
  }

  /** Ends as on SIGTERM. */
  close(): void {
    if (this.state !== 'running') return;
    this.state = 'closing';
    const { troubles, database, oracle, clock, scenario } = this.#world;
    const began = clock.monotonic();
    void this.bus.close().then(() => {
      this.state = 'closed';
      oracle.trace.add(`${this.name} is closed`);
      // A lease whose release failed a moment ago runs out by itself.
      if (troubles.since(began - scenario.lease)) return;
      const now = database.now();
      const mine = (owner: string | null) => owner?.startsWith(`${this.name}-`) ?? false;
      const leases = database.leases.filter(({ owner, expiresAt }) => mine(owner) && expiresAt > now).length;
      const counted = [...database.relays].some(([owner, expiresAt]) => mine(owner) && expiresAt > now);
      if (leases > 0 || counted)
        oracle.trace.broken('left behind', `${this.name} closed and left ${leases} leases behind`);
      clock.setTimer(1, () => {
        if (this.writing === 0 && this.clock.pending > 0)
          oracle.trace.broken('timers left', `${this.name} closed and left ${this.clock.pending} timers`);
      });
    });
  }

  /** Ends as on SIGKILL. */
  crash(openForMs: number): void {
    if (!this.isAlive) return;
    this.#world.troubles.hit();
    this.state = 'crashed';
    this.#transport.crash();
    this.store.crash(openForMs);
    this.clock.end();
  }

  freeze(): void {
    this.clock.freeze();
    this.#transport.setSilent(true);
  }

  thaw(): void {
    this.#transport.setSilent(false);
    this.clock.thaw();
  }

  cut(from: 'database' | 'broker', away: boolean): void {
    if (away) this.#cuts.add(from);
    else this.#cuts.delete(from);
    if (from === 'database') this.store.setAway(away);
    else this.#transport.setAway(away);
  }

  #log(): Log {
    const { trace } = this.#world.oracle;
    return {
      debug: () => undefined,
      info: () => undefined,
      warn: (line) => trace.add(`${this.name} warns: ${line}`),
      error: (line) => trace.add(`${this.name} errs: ${line}`),
    };
  }
}
