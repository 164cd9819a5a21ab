import { openOps, type EventRef, type Log, type Ops, type Validation } from '@tramline/core/ops';
import type { LoadedConfig } from './config/load.js';
import { importPackage } from './config/import-package.js';
import { CliError, EXIT } from './exit.js';
import type { Session } from './session.js';

export interface OpenOptions {
  /** The log of the embedded transport is made when it is missing; else that is taken for a slip. */
  readonly mayCreate?: boolean;
}

/**
 * How long the broker may take to answer at all, milliseconds. A little longer than transports try, which then say why; this is
 * for addresses where nobody answers anything. With the start of Node it stays below 5 s.
 */
const PATIENCE_MS = 4_700;

/**
 * The operations on the system that flags, variables and file name, known to be reachable.
 * @throws CliError, TransportError; `TRAMLINE_AWAY` within 5 s when nobody answers
 */
export async function open(session: Session, { mayCreate = false }: OpenOptions): Promise<Ops> {
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
  await reach(ops, transport.name, session.signal);
  return ops;
}

/** Asks for a topic that need not be there: the least that makes a transport connect. */
async function reach(ops: Ops, name: string, signal: AbortSignal): Promise<void> {
  let late: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_, reject) => {
    const away = () =>
      reject(
        new CliError(
          'TRAMLINE_AWAY',
          `The ${name} transport did not answer in time. Check its address, and that it runs.`,
          EXIT.unreachable,
        ),
      );
    late = setTimeout(away, PATIENCE_MS);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  const asked = ops.topics.create([{ name: 'tramline.reachable' }], { dryRun: true });
  asked.catch(() => undefined);
  patience.catch(() => undefined);
  try {
    await Promise.race([asked, patience]);
  } finally {
    clearTimeout(late);
  }
}

async function contractsOf({ contracts = [], file }: LoadedConfig): Promise<readonly EventRef[]> {
  if (typeof contracts !== 'function') return contracts;
  try {
    return await contracts();
  } catch (cause) {
    const said = (cause as Error).message;
    throw new CliError('TRAMLINE_CONFIG_FILE', `${file}: contracts() failed: ${said}`, EXIT.usage, { cause });
  }
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
function logOf({ output }: Session): Log {
  const say = (message: string) => void output.note(`tramline: ${message}`).catch(() => undefined);
  return { debug() {}, info() {}, warn: say, error: say };
}
