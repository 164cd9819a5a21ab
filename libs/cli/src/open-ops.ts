import {
  contractOf,
  openOps,
  type EventClass,
  type EventRef,
  type Log,
  type Ops,
  type Validation,
} from '@tramline/core/ops';
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
}

/**
 * The operations on the system that flags, variables and file name, known to be reachable.
 * @throws CliError, TransportError; `TRAMLINE_AWAY` within 5 s when nobody answers
 */
export async function open(session: Session, { mayCreate = false, reach = true }: OpenOptions): Promise<Ops> {
  const config = await session.config();
  const transport = await config.transport({ mayCreate });
  const contracts = await contractsOf(config);
  const validation = await validationFor(contracts, config);
  const ops = openOps({
    transport,
    contracts,
    log: logOf(session),
    ...(config.namespace !== undefined && { namespace: config.namespace }),
    ...(config.outbox && { outbox: config.outbox }),
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
    const said = (cause as Error).message;
    throw new CliError('TRAMLINE_CONFIG_FILE', `${file}: contracts() failed: ${said}`, EXIT.usage, { cause });
  }
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
