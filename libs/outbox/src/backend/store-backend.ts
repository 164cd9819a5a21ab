import { asError, sleep, within, type OutboxStatus } from '@tramline/core';
import type {
  Effect,
  InboxGroup,
  OutboxBackend,
  OutboxEntry,
  OutboxEnvironment,
  OutboxOperator,
  OutboxTables,
  OutboxHealth,
  RelayHealth,
  WriteOptions,
} from '@tramline/core/outbox';
import { OnceRunner } from '../inbox/once-runner.js';
import { Pruner } from '../inbox/pruner.js';
import { Relay } from '../relay/relay.js';
import { backoffMs, RELAY } from '../relay/settings.js';
import type { OpenedStore } from './open-store.js';
import type { OutboxSettings } from './options.js';
import { OutboxWatch } from './outbox-watch.js';
import { OwnTransactions } from './own-transactions.js';

/** How long a stop waits for a database that is silent, beyond what the relay waits for its flights. */
const STOP_PATIENCE_MS = 5_000;

/**
 * One store with all that goes on over it: writer, inbox, relay, pruner.
 *
 * - *Made*: nothing was asked of the database. Writing and `once` work, if the tables are there.
 * - *Starting*: the tables are checked (and made, with `autoCreate`). Tables that are missing, older or newer refuse the
 *   start. When the database cannot be reached, or is locked by somebody, `start` resolves, and the check is repeated after
 *   200 ms to 5 s until it passes; what it finds then is told in the log, since nobody waits for it any more.
 * - *Running*: the relay relays, the pruner prunes, the watch looks at how it all stands.
 * - *Stopped*: none of them does; no timer, no lease and no flight is left. Writing and `once` go on working: what is written lies in
 *   the table until some relay starts.
 * - *Closed*: the store has let go of its connections.
 */
export class StoreBackend<Tx> implements OutboxBackend<Tx> {
  private readonly relay: Relay | undefined;
  private readonly pruner: Pruner;
  private readonly watch: OutboxWatch;
  private readonly transactions: OwnTransactions<Tx>;
  private readonly runner: OnceRunner<Tx>;
  private readonly stopping = new AbortController();
  private started: Promise<void> | undefined;
  private later: Promise<void> | undefined;
  private stopped: Promise<void> | undefined;
  private closed: Promise<void> | undefined;

  constructor(
    readonly name: string,
    private readonly opened: OpenedStore<Tx>,
    private readonly environment: OutboxEnvironment,
    private readonly settings: OutboxSettings,
  ) {
    const { store, pageRows } = opened;
    const { service, random } = environment;
    const { relay, keepMs, retentionMs } = settings;
    if (relay) {
      const owner = `${service}-${Buffer.from(random.bytes(6)).toString('hex')}`;
      this.relay = new Relay(store, environment, {
        owner,
        leaseMs: relay.leaseMs,
        keep: retentionMs !== null,
        ...(pageRows !== undefined && { pageRows }),
      });
    }
    this.watch = new OutboxWatch(store, environment);
    this.pruner = new Pruner(store, environment, { keepMs, retentionMs });
    this.transactions = new OwnTransactions(store, (buckets) => this.relay?.nudge(buckets));
    this.runner = new OnceRunner(store, this.transactions, environment);
  }

  async write(tx: Tx, entries: readonly OutboxEntry[], options: WriteOptions): Promise<void> {
    const buckets = await this.opened.store.insert(tx, entries, options);
    if (options.delayMs !== null) this.relay?.scheduled(options.delayMs);
    else if (!this.transactions.wrote(tx, buckets)) this.relay?.nudge(buckets);
  }

  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.transactions.run(work);
  }

  once(effect: Effect, signal: AbortSignal, work: (tx: Tx) => Promise<unknown>): Promise<boolean> {
    return this.runner.once(effect, signal, work);
  }

  start(groups: readonly InboxGroup[]): Promise<void> {
    this.started ??= this.begin(groups);
    return this.started;
  }

  stop(): Promise<void> {
    this.stopped ??= this.end();
    return this.stopped;
  }

  close(): Promise<void> {
    this.closed ??= this.letGo();
    return this.closed;
  }

  status(): Promise<OutboxStatus> {
    return this.opened.store.status();
  }

  get operator(): OutboxOperator {
    return this.opened.store;
  }

  get tables(): OutboxTables {
    const { store, migrate } = this.opened;
    return {
      check: () => store.check(),
      migrate,
      sql: async () => (await store.migrationSql?.()) ?? [],
    };
  }

  relayHealth(): RelayHealth | null {
    return this.relay?.health ?? null;
  }

  outboxHealth(): OutboxHealth {
    return this.watch.health;
  }

  private async begin(groups: readonly InboxGroup[]): Promise<void> {
    try {
      await this.prepare();
      this.run(groups);
    } catch (thrown) {
      const error = asError(thrown);
      // A conflict, such as a file that somebody keeps locked, passes too.
      if (this.opened.store.kindOf(error) === 'other') throw error;
      this.environment.log.warn(
        `The database of the outbox cannot be used yet: ${error.message} Trying on; nothing is relayed until then.`,
      );
      this.later = this.beginLater(groups);
    }
    if (!this.stopping.signal.aborted) this.watch.start();
  }

  /** Never rejects. */
  private async beginLater(groups: readonly InboxGroup[]): Promise<void> {
    const { clock, random, log } = this.environment;
    const { signal } = this.stopping;
    for (let failures = 1; ; failures++) {
      const wait = backoffMs(failures, RELAY.firstPauseMs, RELAY.longestPauseMs, random.next());
      await sleep(clock, wait, signal).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.prepare();
        log.info('The database of the outbox can be used.');
        return this.run(groups);
      } catch (thrown) {
        const error = asError(thrown);
        if (this.opened.store.kindOf(error) === 'other') log.error(`Nothing is relayed: ${error.message}`);
      }
    }
  }

  private async prepare(): Promise<void> {
    const { store, migrate } = this.opened;
    if (this.settings.autoCreate) await migrate();
    await store.check();
    // A user that may not relay is better told now than in the log. It costs nothing: there are no buckets to look in.
    if (this.relay) await store.holds([]);
  }

  private run(groups: readonly InboxGroup[]): void {
    if (this.stopping.signal.aborted) return;
    this.relay?.start();
    this.pruner.start(groups);
  }

  private async end(): Promise<void> {
    this.stopping.abort();
    this.watch.stop();
    await this.patiently(this.begun());
    await Promise.all([this.relay?.stop(), this.patiently(this.pruner.stop())]);
  }

  /** Never rejects. */
  private async begun(): Promise<void> {
    await this.started?.catch(() => undefined);
    await this.later;
  }

  /** A statement that never returns must not keep the process from ending. */
  private async patiently(work: Promise<void>): Promise<void> {
    await within(this.environment.clock, STOP_PATIENCE_MS, work);
  }

  private async letGo(): Promise<void> {
    await this.stop();
    await this.opened.store
      .close()
      .catch((error: unknown) =>
        this.environment.log.error(`The outbox did not close cleanly: ${asError(error).message}`),
      );
  }
}
