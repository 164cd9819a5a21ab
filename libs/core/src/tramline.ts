import { ContractRegistry } from './contract/contract-registry.js';
import type { Contract } from './contract/contract.js';
import { StandardValidation } from './contract/standard-validation.js';
import { buildGroups } from './consume/build-groups.js';
import { resolveConsumer, type ConsumerSettings } from './consume/consumer-settings.js';
import type { GroupConsumer } from './consume/group-consumer.js';
import type { GroupHealth } from './consume/group-health.js';
import type { Handler, HandlerDefinition } from './consume/handler.js';
import { resolveHandlers } from './consume/resolve-handlers.js';
import { describeHandler, type ServiceDescription } from './description.js';
import { jsonCodec } from './envelope/json-codec.js';
import { asError, ClosedError, ConfigurationError } from './errors.js';
import { backoff } from './failure/decide.js';
import { resolvePolicy } from './failure/policy.js';
import { failureAppender } from './failure/failure-appender.js';
import { consoleLog, type Log } from './log/log.js';
import { groupFault, namespaceFault } from './names.js';
import { Naming } from './naming.js';
import { Observations } from './observe/observations.js';
import { unknownOptions } from './option-names.js';
import type { TramlineOptions } from './options.js';
import type { OutboxBackend, OutboxHealth, RelayHealth } from './outbox/outbox-backend.js';
import { Outbox } from './outbox/outbox.js';
import { inboxGroups } from './outbox/inbox-groups.js';
import { runOnce } from './outbox/run-once.js';
import { Drafter } from './publish/drafter.js';
import { EventBus } from './publish/event-bus.js';
import { publisherSettings, type PublisherSettings } from './publish/publisher-options.js';
import { EventLog } from './read/event-log.js';
import type { OpsPorts } from './ops/ports.js';
import { sleep, type Clock } from './time/clock.js';
import { systemClock } from './time/system-clock.js';
import { systemRandom, type Random } from './time/random.js';
import { Topology } from './topology/topology.js';
import { SerialTransport } from './transport/serial-transport.js';
import type { Transport } from './transport/transport.js';

/** How long `close` waits for events that the broker has not taken. */
const CLOSE_PATIENCE_MS = 10_000;

/** The broker held requests back. */
export interface Throttled {
  readonly broker: string;
  readonly delayMs: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** How a bus stands. */
export interface Health {
  /**
   * Every group has an assignment, even an empty one, reaches the broker, and none stopped. True at once where nothing is
   * consumed. A group that is stalled leaves it true: what else the process does goes on.
   */
  readonly ready: boolean;
  /**
   * False only when nothing but a restart mends it: the bus is closed, or the transport of a group went silent and replacing it
   * did not help. A group that stopped leaves it true, because a restart would not help: lost positions need somebody to
   * choose, and a transport that gave up is joined anew by itself. It shows in `ready` and `groups`.
   */
  readonly live: boolean;
  /** A group is stalled: it has its share and reaches the broker, but does not move though it should. */
  readonly stalled: boolean;
  /** Why it is not ready, not live or stalled, and what is wrong with the outbox, a sentence each. */
  readonly problems: readonly string[];
  /** How each stands. One of status `failed` needs somebody's help, which its `lastError` names. */
  readonly groups: readonly GroupHealth[];
  /**
   * How the relay of the outbox stands; null where this process has none. One that is away makes nothing unready: what is
   * written waits in the database.
   */
  readonly relay: RelayHealth | null;
  /**
   * When a quota of the broker made this process wait last, where and for how long; null while none did. It makes nothing
   * unready: things are slower, for a reason that only the cluster's operators can mend.
   */
  readonly throttled: Throttled | null;
  /**
   * How the outbox stood a moment ago: backlog, age of the oldest event, who relays, and whether that is `late`; null where
   * there is none. It makes nothing unready either. `outbox.status()` asks the database now.
   */
  readonly outbox: OutboxHealth | null;
}

/**
 * A service's event bus: publisher, reader and consumers over one transport. `@tramline/nest` wraps one; it works without.
 *
 * Made (publishing and reading work, connections open lazily) -> started (groups consume) -> stopped consuming (publishing
 * still works) -> closed. Each step is taken once; the later ones may come without the earlier.
 */
export class Tramline implements OpsPorts {
  readonly events: EventBus;
  readonly eventLog: EventLog;
  readonly outbox: Outbox;
  readonly observations: Observations;
  readonly transport: Transport;
  readonly naming: Naming;

  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;

  private readonly codec;
  private readonly validation;
  private readonly registry = new ContractRegistry();
  private readonly consumer: ConsumerSettings;
  private readonly publisher: PublisherSettings;
  private readonly topology: Topology;
  private readonly backend: OutboxBackend | undefined;
  private readonly failures;
  private readonly stopping = new AbortController();
  private groups: GroupConsumer[] = [];
  private throttled: Throttled | null = null;
  private startCalled = false;
  private joining: Promise<void> = Promise.resolve();
  private joined = true;
  /** Why consuming has not begun. */
  private holdUp: Error | undefined;
  private stopped: Promise<void> | undefined;
  private closed: Promise<void> | undefined;

  /** Opens nothing. @throws ConfigurationError with every fault of the options */
  constructor(private readonly options: TramlineOptions) {
    const faults = unknownOptions(options);
    const { service, namespace, transport } = options;
    const badService = groupFault(service);
    if (badService) faults.push(`service: ${badService}`);
    if (typeof transport?.open !== 'function') {
      faults.push(
        `transport is ${JSON.stringify(transport) ?? 'missing'}. Give one, such as embedded({ directory: '.tramline' }).`,
      );
    }
    if (options.outbox !== undefined && typeof options.outbox?.open !== 'function') {
      faults.push(
        `outbox is ${JSON.stringify(options.outbox)}. Give one, such as pg(pool) from '@tramline/outbox/pg', or leave it out.`,
      );
    }
    const badConsume = consumeFault(options.consume);
    if (badConsume) faults.push(badConsume);
    const badNamespace = namespace === undefined ? undefined : namespaceFault(namespace);
    if (badNamespace) faults.push(`namespace: ${badNamespace}`);
    this.consumer = resolveConsumer(options.consumer ?? {}, faults);
    this.publisher = publisherSettings(options.publisher, faults);
    for (const name of Object.keys(options.policies ?? {})) {
      resolvePolicy(name, options.policies!, this.consumer.ladder, `policies.${name}`, faults);
    }
    options.contracts?.forEach((ref, index) => this.registry.add(ref, `contracts[${index}]`));
    faults.push(...this.registry.allFaults());
    const topicSettings = Topology.settings(options.topics ?? {}, this.publisher.maxEventBytes, faults);
    if (faults.length > 0) throw new ConfigurationError(faults);

    this.log = options.log ?? consoleLog;
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? systemRandom;
    this.codec = options.codec ?? jsonCodec;
    this.validation = options.validation ?? new StandardValidation();
    this.naming = new Naming(namespace);
    this.observations = new Observations(this.log);
    const { clock, random, log, naming, codec, validation, registry, observations } = this;
    this.transport = transport.open({
      clock,
      random,
      log,
      clientId: service,
      throttled: (broker, delayMs) => this.noteThrottled(broker, delayMs),
    });
    this.topology = new Topology(this.transport, naming, topicSettings, log);
    const drafting = { service, naming, validation, codec, clock, random };
    const prepareTopic = (topic: string) => this.topology.ensureEventTopic(topic);
    const appending = options.outbox ? new SerialTransport(this.transport, clock) : this.transport;
    this.events = new EventBus({
      ...drafting,
      transport: appending,
      contracts: registry,
      observations,
      settings: this.publisher,
      prepareTopic,
    });
    this.backend = options.outbox?.open({
      service,
      transport: appending,
      partitioner: this.publisher.partitioner,
      prepareTopic,
      clock,
      random,
      log,
      observations,
    });
    this.outbox = new Outbox({
      backend: this.backend,
      contracts: registry,
      drafter: new Drafter({ ...drafting, maxEventBytes: this.publisher.maxEventBytes }),
      clock,
    });
    this.eventLog = new EventLog({
      transport: this.transport,
      contracts: registry,
      naming,
      codec,
      validation,
    });
    this.failures = failureAppender(this.transport, this.publisher, clock, random, log);
  }

  /**
   * Makes or checks topics and joins the groups. Resolves when the groups are on their way, not when they are assigned: see
   * {@link health}. While the broker is away it resolves too and goes on trying; when the bus is stopped meanwhile, it resolves
   * and nothing is joined.
   * @param definitions - further handlers beside those of the options
   * @throws ConfigurationError with every fault of every handler, OutboxError, TopologyError; nothing was joined then
   */
  async start(definitions: readonly HandlerDefinition[] = []): Promise<void> {
    if (this.stopped || this.closed) throw new ClosedError('The bus');
    if (this.startCalled)
      throw new ConfigurationError(['start() was called twice. A bus starts once; make another one.']);
    this.startCalled = true;
    const running = this.resolve([...(this.options.handlers ?? []), ...definitions]);
    const { backend } = this;
    await backend?.start(inboxGroups(running, this.naming));
    const handlers = backend ? running.map((one) => (one.once ? runOnce(one, backend) : one)) : running;
    this.groups = buildGroups(handlers, {
      transport: this.transport,
      naming: this.naming,
      settings: this.consumer,
      codec: this.codec,
      validation: this.validation,
      clock: this.clock,
      random: this.random,
      log: this.log,
      observations: this.observations,
      clientId: this.options.service,
      appendFailure: this.failures.append,
    });
    this.joined = this.groups.length === 0;
    const contracts = [...this.registry.all(), ...running.flatMap((handler) => handler.contracts)];
    try {
      await this.prepare(contracts, running);
      this.join();
    } catch (thrown) {
      // Stopped meanwhile: there is nothing left to begin, and the transport may be closed already.
      if (this.stopping.signal.aborted) return;
      const error = asError(thrown);
      if ((error as { retriable?: unknown }).retriable !== true) throw error;
      this.holdUp = error;
      this.log.warn(
        `The broker cannot be reached yet: ${error.message} Trying on; readiness is false until then.`,
      );
      this.joining = this.joinLater(contracts, running);
    }
  }

  /** What {@link start} would refuse of these handlers, for who has faults of their own to tell along. Starts nothing. */
  faultsOf(handlers: readonly HandlerDefinition[]): readonly string[] {
    try {
      this.resolve([...(this.options.handlers ?? []), ...handlers]);
      return [];
    } catch (error) {
      if (error instanceof ConfigurationError) return error.faults;
      throw error;
    }
  }

  /**
   * What it is made of, with these handlers beside those of the options: what {@link start} would run, and what `consume` leaves to
   * other processes. Starts nothing. @throws ConfigurationError with every fault
   */
  describe(definitions: readonly HandlerDefinition[] = []): ServiceDescription {
    const { service, namespace = null, outbox } = this.options;
    const handlers = this.resolveAll([...(this.options.handlers ?? []), ...definitions]);
    const contracts = new Set([...this.registry.all(), ...handlers.flatMap((handler) => handler.contracts)]);
    return {
      service,
      namespace,
      contracts: [...contracts],
      handlers: handlers.map(describeHandler),
      tiersMs: this.consumer.ladder.tiers,
      maxEventBytes: this.publisher.maxEventBytes,
      hasOutbox: outbox !== undefined,
    };
  }

  /** Stops consuming: fetches nothing more, lets attempts end within the drain time, commits, leaves; then stops the relay. Publishing goes on. Idempotent; never rejects. */
  stopConsuming(): Promise<void> {
    this.stopped ??= this.stopGroups();
    return this.stopped;
  }

  /** Stops consuming, waits for events being published, closes the transport. Idempotent; never rejects. */
  close(): Promise<void> {
    this.closed ??= this.closeAll();
    return this.closed;
  }

  health(): Health {
    const groups = this.groups.map((group) => group.health());
    const outbox = this.backend?.outboxHealth() ?? null;
    return {
      ready:
        this.joined && !this.stopped && groups.every(({ status }) => ['joined', 'stalled'].includes(status)),
      live: !this.closed && !groups.some(({ needsRestart }) => needsRestart),
      stalled: groups.some(({ status }) => status === 'stalled'),
      problems: this.problems(groups, outbox),
      groups,
      throttled: this.throttled,
      relay: this.backend?.relayHealth() ?? null,
      outbox,
    };
  }

  private noteThrottled(broker: string, delayMs: number): void {
    this.throttled = { broker, delayMs, at: this.clock.now() };
    if (this.observations.active) this.observations.tell({ kind: 'throttled', broker, delayMs });
  }

  private problems(groups: readonly GroupHealth[], outbox: OutboxHealth | null): string[] {
    if (this.closed) return ['The bus is closed.'];
    if (this.stopped) return ['Consuming has stopped: the process is being shut down.'];
    const joining = this.joined ? [] : [this.holdUp?.message ?? 'Topics are being made or checked.'];
    return [...joining, ...groups.flatMap((group) => problemOf(group) ?? []), ...(outbox?.problems ?? [])];
  }

  /** The handlers that run here. @throws ConfigurationError with every fault */
  private resolve(definitions: readonly HandlerDefinition[]): Handler[] {
    const handlers = this.resolveAll(definitions);
    const { consume = true } = this.options;
    if (consume === false) return [];
    return consume === true ? handlers : handlers.filter((handler) => consume.groups.includes(handler.group));
  }

  private resolveAll(definitions: readonly HandlerDefinition[]): Handler[] {
    const faults: string[] = [];
    definitions.forEach(({ id, place, events }) =>
      events?.forEach?.((ref) => this.registry.add(ref, place ?? `handler '${id}'`)),
    );
    faults.push(...this.registry.allFaults());
    const handlers = resolveHandlers(definitions, this.options, this.registry, this.consumer.ladder, faults);
    const { consume = true } = this.options;
    const groups = typeof consume === 'object' ? consume.groups : undefined;
    const known = new Set(handlers.map((handler) => handler.group));
    const checkGroup = (option: string, group: string) => {
      if (!known.has(group))
        faults.push(
          `${option}: no handler is in group '${group}'. Known: ${[...known].join(', ') || 'none'}.`,
        );
    };
    for (const group of groups ?? []) checkGroup('consume.groups', group);
    for (const group of Object.keys(this.consumer.previousGroups))
      checkGroup('consumer.previousGroups', group);
    if (faults.length > 0) throw new ConfigurationError([...new Set(faults)]);
    return handlers;
  }

  private async prepare(contracts: readonly Contract[], handlers: readonly Handler[]): Promise<void> {
    const groups = new Set(handlers.filter((handler) => !handler.broadcast).map((handler) => handler.group));
    await this.topology.ensure(contracts, [...groups], this.consumer.ladder.tiers);
  }

  private join(): void {
    if (this.stopping.signal.aborted) return;
    this.joined = true;
    for (const group of this.groups) group.start();
  }

  private async joinLater(contracts: readonly Contract[], handlers: readonly Handler[]): Promise<void> {
    for (let tries = 1; !this.stopping.signal.aborted; tries++) {
      try {
        await sleep(this.clock, backoff(tries, this.random, 200, 5_000), this.stopping.signal);
        await this.prepare(contracts, handlers);
        return this.join();
      } catch (thrown) {
        const error = asError(thrown);
        this.holdUp = error;
        if (this.stopping.signal.aborted || (error as { retriable?: unknown }).retriable === true) continue;
        this.log.error(`Consuming cannot begin: ${error.message}`);
      }
    }
  }

  private async stopGroups(): Promise<void> {
    this.stopping.abort(new ClosedError('The bus'));
    await this.joining;
    await Promise.all(this.groups.map((group) => group.stop()));
    // Now and not in `close`: by then the application may have closed its database. What is written meanwhile is durable.
    await this.backend?.stop();
  }

  private async closeAll(): Promise<void> {
    await this.stopConsuming();
    // No longer than containers are usually given to stop; what is left is rejected, and says so.
    await this.events.close(Math.min(this.publisher.timeoutMs, CLOSE_PATIENCE_MS));
    await this.failures.close();
    await this.backend?.close();
    await this.transport
      .close()
      .catch((error: unknown) =>
        this.log.error(`The transport did not close cleanly: ${asError(error).message}`),
      );
  }
}

/** Why a group does not consume, if it does not. */
function problemOf({ group, status, lastError }: GroupHealth): string | undefined {
  if (status === 'joined') return undefined;
  if (status === 'starting') return `Group '${group}' waits for its first assignment.`;
  if (status === 'stopped' || !lastError) return `Group '${group}' is ${status}.`;
  return status === 'stalled' ? lastError.message : `Group '${group}' is ${status}: ${lastError.message}`;
}

/** What is wrong with `consume`: a text such as 'false', from an environment variable, would otherwise join the groups. */
function consumeFault(consume: unknown): string | undefined {
  if (consume === undefined || typeof consume === 'boolean') return undefined;
  const groups =
    typeof consume === 'object' && consume !== null && 'groups' in consume ? consume.groups : undefined;
  if (Array.isArray(groups) && groups.length > 0 && groups.every((group) => typeof group === 'string'))
    return undefined;
  return `consume is ${JSON.stringify(consume)}; give true, false, or { groups: ['name', …] } with at least one group.`;
}
