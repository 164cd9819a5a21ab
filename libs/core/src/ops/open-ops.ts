import { ContractRegistry } from '../contract/contract-registry.js';
import { StandardValidation } from '../contract/standard-validation.js';
import { jsonCodec } from '../envelope/json-codec.js';
import type { ServiceDescription } from '../description.js';
import { silentLog } from '../log/log.js';
import type { TramlineOptions } from '../options.js';
import type { OutboxBackend, OutboxEnvironment } from '../outbox/outbox-backend.js';
import { Drafter } from '../publish/drafter.js';
import { publisherSettings } from '../publish/publisher-options.js';
import { Tramline } from '../tramline.js';
import { checkup } from './checkup/checkup.js';
import type { Finding } from './checkup/finding.js';
import { DeadOps } from './dead-ops.js';
import { EventOps } from './event-ops.js';
import { GroupOps } from './group-ops.js';
import { OutboxOps } from './outbox-ops.js';
import type { OpsParts } from './ports.js';
import { RetryOps } from './retry-ops.js';
import { TopicOps } from './topic-ops.js';

/** What operations work on. All but `transport` may be left out. */
export interface OpsOptions extends Pick<
  TramlineOptions,
  | 'transport'
  | 'namespace'
  | 'outbox'
  | 'contracts'
  | 'publisher'
  | 'validation'
  | 'codec'
  | 'clock'
  | 'random'
  | 'log'
> {
  /** Who publishes and asks: CloudEvents `source`, and the client's name at the broker. Default `tramline-ops`. */
  readonly service?: string;
}

/** Every operation, beside the running services. */
export class Ops {
  constructor(
    readonly topics: TopicOps,
    readonly groups: GroupOps,
    readonly dead: DeadOps,
    readonly retries: RetryOps,
    readonly outbox: OutboxOps,
    readonly events: EventOps,
    private readonly parts: OpsParts,
    private readonly end: () => Promise<void>,
  ) {}

  /**
   * Looks for what is wrong, or will be, with topics, retention, clocks, tiers, groups and events. Changes nothing.
   * @param services - what is consumed and published; without any, only what the broker alone tells is looked at
   * @param onFindings - told as each check ends: with thousands of topics the whole takes a while
   * @throws TransportError
   */
  checkup(
    services: readonly ServiceDescription[] = [],
    onFindings?: (found: readonly Finding[]) => void,
  ): Promise<Finding[]> {
    return checkup(this.parts, services, onFindings);
  }

  /** Lets go of everything. Idempotent; never rejects. */
  close(): Promise<void> {
    return this.end();
  }
}

/**
 * Opens what operations need; connects when the first of them asks. Joins no group, makes no topic unasked, relays nothing.
 * @throws ConfigurationError with every fault of the options
 */
export function openOps(options: OpsOptions): Ops {
  const { service = 'tramline-ops', outbox, log = silentLog, ...others } = options;
  let backend: OutboxBackend | undefined;
  // The bus opens the outbox and closes it, and keeps it to itself; it is never started, so that nothing is relayed.
  const noted =
    typeof outbox?.open === 'function'
      ? { name: outbox.name, open: (environment: OutboxEnvironment) => (backend = outbox.open(environment)) }
      : outbox;
  const tramline = new Tramline({
    ...others,
    service,
    log,
    consume: false,
    topics: { topology: 'off' },
    ...(noted === undefined ? {} : { outbox: noted }),
  });
  const { transport, naming, clock, random, observations } = tramline;
  const database = { outbox: backend?.operator, tables: backend?.tables };
  const parts = { transport, naming, clock, random, log, observations, ...database };
  const contracts = new ContractRegistry();
  options.contracts?.forEach((ref, index) => contracts.add(ref, `contracts[${index}]`));
  const drafter = new Drafter({
    ...{ service, naming, clock, random },
    validation: options.validation ?? new StandardValidation(),
    codec: options.codec ?? jsonCodec,
    maxEventBytes: publisherSettings(options.publisher, []).maxEventBytes,
  });
  return new Ops(
    new TopicOps(parts),
    new GroupOps(parts),
    new DeadOps(parts),
    new RetryOps(parts),
    new OutboxOps(parts),
    new EventOps({ ...parts, bus: tramline.events, drafter, contracts }),
    parts,
    () => tramline.close(),
  );
}
