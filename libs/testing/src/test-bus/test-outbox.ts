import { OutboxError, type OutboxProvider } from '@tramline/core';
import type {
  Effect,
  OutboxBackend,
  OutboxEntry,
  OutboxEnvironment,
  OutboxOperator,
  OutboxHealth,
  OutboxStatus,
  WriteOptions,
} from '@tramline/core/outbox';
import { AsyncLocalStorage } from 'node:async_hooks';
import { Arrivals } from './arrivals.js';
import { TestBusError } from './test-bus-error.js';

/** What a test gives as transaction to handlers with `once: true` and to `outbox.transaction`; made anew for each. */
export type TransactionMaker = () => unknown;

type Write = readonly [entries: readonly OutboxEntry[], options: WriteOptions];

interface OpenTransaction {
  readonly tx: unknown;
  readonly writes: Write[];
}

/** Effects that handlers with `once: true` had, and those that are under way. */
type Inbox = Map<string, Promise<boolean>>;

/**
 * Outbox and inbox of the services under test, without a database. What is written in a transaction that was opened here waits
 * for its end, and is gone when it fails. What is written in any other goes into the log at once: nobody can see how it ends.
 */
export class TestOutbox {
  readonly #inbox: Inbox = new Map();
  readonly #current = new AsyncLocalStorage<OpenTransaction>();

  constructor(private readonly makeTx: TransactionMaker = missingTx) {}

  /** In place of the provider that a service has. */
  provider({ name }: OutboxProvider): OutboxProvider {
    return {
      name,
      open: (environment) => new TestBackend(name, environment, this.#inbox, this.#current, this.makeTx),
    };
  }
}

class TestBackend implements OutboxBackend {
  readonly #arrivals: Arrivals;

  constructor(
    readonly name: string,
    private readonly environment: OutboxEnvironment,
    private readonly inbox: Inbox,
    private readonly current: AsyncLocalStorage<OpenTransaction>,
    private readonly makeTx: TransactionMaker,
  ) {
    this.#arrivals = new Arrivals(environment);
  }

  async write(tx: unknown, entries: readonly OutboxEntry[], options: WriteOptions): Promise<void> {
    if (tx === undefined || tx === null)
      throw new OutboxError('TRAMLINE_NO_TRANSACTION', 'outbox.publish was given no transaction.');
    const open = this.current.getStore();
    if (open?.tx === tx) open.writes.push([entries, options]);
    else this.#arrivals.add(entries, options.delayMs);
  }

  async transaction<T>(work: (tx: unknown) => Promise<T>): Promise<T> {
    const open: OpenTransaction = { tx: await this.makeTx(), writes: [] };
    const result = await this.current.run(open, () => work(open.tx));
    for (const [entries, { delayMs }] of open.writes) this.#arrivals.add(entries, delayMs);
    return result;
  }

  async once(effect: Effect, signal: AbortSignal, work: (tx: unknown) => Promise<unknown>): Promise<boolean> {
    const { group, handlerId, aliases, eventId, origin } = effect;
    const names = [handlerId, ...aliases].map((id) => JSON.stringify([group, id, eventId]));
    for (;;) {
      const before = names.map((name) => this.inbox.get(name)).find((found) => found !== undefined);
      if (!before) break;
      // Failed, it is no longer there, and somebody else may have begun meanwhile.
      if (!(await before)) continue;
      const { observations } = this.environment;
      if (observations.active) observations.tell({ kind: 'known', group, handlerId, eventId, origin });
      return false;
    }
    const run = this.transaction(async (tx) => {
      signal.throwIfAborted();
      await work(tx);
      signal.throwIfAborted();
    });
    this.inbox.set(
      names[0]!,
      run.then(
        () => true,
        () => this.inbox.delete(names[0]!) && false,
      ),
    );
    await run;
    return true;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#arrivals.close();
  }

  /** Nothing dies here, and nothing is pruned. */
  get operator(): OutboxOperator {
    const none = () => Promise.resolve(0);
    return {
      status: () => this.status(),
      dead: () => Promise.resolve([]),
      revive: none,
      discard: none,
      purge: none,
      forget: none,
      effects: none,
      known: async (group, handlerId, eventIds) => {
        const known = new Set<string>();
        for (const id of eventIds)
          if (await this.inbox.get(JSON.stringify([group, handlerId, id]))) known.add(id);
        return known;
      },
    };
  }

  relayHealth(): null {
    return null;
  }

  outboxHealth(): OutboxHealth {
    return { status: null, agoMs: null, late: false, problems: [] };
  }

  status(): Promise<OutboxStatus> {
    const { waiting: backlog, scheduled } = this.#arrivals;
    return Promise.resolve({
      ...{ backlog, scheduled, held: 0, dead: 0 },
      ...{ oldestMs: backlog > 0 ? 0 : null, relays: [], blocker: null },
    });
  }
}

/** A transaction for handlers that use it for nothing but `outbox.publish`. */
function missingTx(): unknown {
  return new Proxy(
    {},
    {
      get(_, name) {
        // Whoever awaits, prints or compares an object looks at these.
        if (typeof name === 'symbol' || name === 'then' || name === 'toJSON' || name === 'constructor')
          return undefined;
        throw new TestBusError(
          `The transaction of this test has no '${name}'. Give one that has: { tx: () => fakeTransaction }, an option of TestBus.attach and of new TestBus.`,
        );
      },
    },
  );
}
