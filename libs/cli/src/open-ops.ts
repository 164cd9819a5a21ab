import {
  contractOf,
  openOps,
  type EventClass,
  type EventRef,
  type Log,
  type Ops,
  type Validation,
} from '@tramline/core/ops';
import { isProvider } from './config/choose-transport.js';
import type { AnyOutbox } from './config/config.js';
import type { LoadedConfig } from './config/load.js';
import { importPackage } from './config/import-package.js';
import { CliError, EXIT } from './exit.js';
import { inTime } from './patience.js';
import type { Session } from './session.js';

export interface OpenOptions {
  /** The log of the embedded transport is made when it is missing; else that is taken for a slip. */
  readonly mayCreate?: boolean;
  /** false: the transport may be away, since the command is about something else. Default true. */
  readonly reach?: boolean;
  /** The command looks into the outbox: only then its database is opened, where a function does that. Default false. */
  readonly outbox?: boolean;
}

/**
 * The operations on the system that flags, variables and file name, known to be reachable.
 * @throws CliError, TransportError; `TRAMLINE_AWAY` within 5 s when nobody answers
 */
export async function open(
  session: Session,
  { mayCreate = false, reach = true, outbox: looksInside = false }: OpenOptions,
): Promise<Ops> {
  const config = await session.config();
  const transport = await config.transport({ mayCreate });
  const contracts = await contractsOf(config);
  const validation = await validationFor(contracts, config);
  const outbox = looksInside || typeof config.outbox !== 'function' ? await outboxOf(config) : undefined;
  const ops = openOps({
    transport,
    contracts,
    log: logOf(session),
    ...(config.namespace !== undefined && { namespace: config.namespace }),
    ...(outbox && { outbox }),
    ...(validation && { validation }),
  });
  session.closing(() => ops.close());
  if (reach) {
    // A topic that need not be there: the least that makes a transport connect.
    const asked = ops.topics.create([{ name: 'tramline.reachable' }], { dryRun: true });
    await inTime(asked, `The ${transport.name} transport`, session.signal);
  }
  return ops;
}

/** @throws CliError */
export async function contractsOf({ contracts = [], file }: LoadedConfig): Promise<readonly EventRef[]> {
  if (typeof contracts !== 'function') return contracts;
  try {
    // A module of contracts exports other things too: `Object.values(await import('@example/contracts'))`.
    return (await contracts()).filter(isContract);
  } catch (cause) {
    throw failed(`${file}: contracts()`, cause);
  }
}

/** @throws CliError */
export async function outboxOf({ outbox, file }: LoadedConfig): Promise<AnyOutbox | undefined> {
  if (typeof outbox !== 'function') return outbox;
  try {
    const made = await outbox();
    if (isProvider(made)) return made as AnyOutbox;
  } catch (cause) {
    throw failed(`${file}: outbox()`, cause);
  }
  throw new CliError(
    'TRAMLINE_CONFIG_FILE',
    `${file}: outbox() answered no outbox. Let it answer one, such as pg(pool).`,
    EXIT.usage,
  );
}

function failed(what: string, cause: unknown): CliError {
  const { message, code } = cause as NodeJS.ErrnoException;
  const hint =
    code === 'ERR_MODULE_NOT_FOUND' ? '. Build the project first, where that is what is missing' : '';
  return new CliError('TRAMLINE_CONFIG_FILE', `${what} failed: ${message}${hint}`, EXIT.usage, { cause });
}

function isContract(ref: unknown): boolean {
  if (typeof ref === 'function') return contractOf(ref as EventClass) !== undefined;
  return (
    typeof ref === 'string' || (typeof ref === 'object' && ref !== null && 'type' in ref && 'topic' in ref)
  );
}

/** Classes are checked by class-validator, which `@tramline/nest` knows how to ask; nothing else needs it. */
async function validationFor(
  contracts: readonly EventRef[],
  { folder }: LoadedConfig,
): Promise<Validation | undefined> {
  if (!contracts.some((ref) => typeof ref === 'function')) return undefined;
  const nest = (await importPackage('@tramline/nest', folder)) as
    { classValidation?: () => Promise<Validation> } | undefined;
  return nest?.classValidation?.();
}

/** What core has to say goes beside the results. */
export function logOf({ output }: Session): Log {
  const say = (message: string) => void output.note(`tramline: ${message}`).catch(() => undefined);
  return { debug() {}, info() {}, warn: say, error: say };
}
