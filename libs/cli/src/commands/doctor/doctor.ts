import type { Finding } from '@tramline/core/ops';
import { CliError, EXIT, reportOf, type Exit } from '../../exit.js';
import { shown } from '../../output/text.js';
import { inTime } from '../../patience.js';
import { describeServices } from '../../services/describe-services.js';
import type { Session } from '../../session.js';
import { DATABASE } from '../outbox/open.js';
import { checkNode } from './node.js';

/** What a check of ours, or one of core, found. */
export interface Found extends Omit<Finding, 'check'> {
  readonly check: Finding['check'] | 'configuration' | 'node' | 'broker' | 'database' | 'application';
}

/** Looks at everything that can be looked at, whatever else is wrong. @throws CliError when there is a fault */
export async function doctor(session: Session): Promise<void> {
  const findings: Found[] = [];
  let exit: Exit = EXIT.ok;
  let telling: Promise<void> = Promise.resolve();
  const tell = (...found: readonly Found[]) => {
    findings.push(...found);
    const before = telling;
    telling = (async () => {
      await before;
      await show(session, found);
    })();
    // Awaited at the end; until then it is nobody's.
    telling.catch(() => undefined);
  };
  const fault = (check: Found['check'], error: unknown, fix: string | null) => {
    session.signal.throwIfAborted();
    const report = reportOf(error)!;
    if (exit !== EXIT.unreachable) exit = report.exit === EXIT.unreachable ? EXIT.unreachable : EXIT.failure;
    const all = [report.message, ...report.faults.filter((one) => !report.message.includes(one))];
    tell({ check, level: 'fault', message: all.join(' '), fix });
  };

  await examine(session, tell, fault);
  if (exit === EXIT.ok && findings.some(({ level }) => level === 'fault')) exit = EXIT.failure;
  await telling;
  await session.output.json({ findings, counts: countsOf(findings) });
  const faults = findings.filter(({ level }) => level === 'fault').length;
  if (exit !== EXIT.ok)
    throw new CliError(
      'TRAMLINE_DOCTOR',
      `${faults} ${faults === 1 ? 'fault was' : 'faults were'} found.`,
      exit,
    );
}

async function examine(
  session: Session,
  tell: (...found: readonly Found[]) => void,
  fault: (check: Found['check'], error: unknown, fix: string | null) => void,
): Promise<void> {
  const config = await session.config().catch((error: unknown) => {
    fault('configuration', error, 'Mend the file, or name another one with --config.');
  });
  tell(checkNode(process.versions.node));
  if (!config) return;
  const file = config.file ?? 'none; flags, variables and defaults are used';
  tell({ check: 'configuration', level: 'ok', message: `Configuration: ${file}.`, fix: null });

  const services = await describeServices(config).catch((error: unknown) => {
    fault(
      'application',
      error,
      "Mend what the message names; 'app' builds the application as its main file does.",
    );
    return [];
  });
  if (config.app === undefined) {
    const fix =
      "Export 'app' from tramline.config.ts: app: async () => (await import('./dist/app.module.js')).AppModule";
    tell({
      check: 'application',
      level: 'hint',
      message: 'No application is configured: handlers are not looked at.',
      fix,
    });
  }
  // Asked meanwhile, so that nobody waits for one that is away after the other.
  const reaching = session.ops();
  reaching.catch(() => undefined);
  if (config.outbox) await examineDatabase(session, tell, fault);
  try {
    const ops = await reaching;
    tell({ check: 'broker', level: 'ok', message: 'The broker answers.', fix: null });
    await ops.checkup(services, (found) => tell(...found));
  } catch (error) {
    const isUnknown = (error as { code?: unknown }).code === 'TRAMLINE_NO_LOG';
    fault(
      isUnknown ? 'configuration' : 'broker',
      error,
      isUnknown
        ? 'Start the services once, or say where their events are.'
        : 'Check its address, that it runs, and the credentials (KAFKA_* variables or the configuration).',
    );
  }
}

async function examineDatabase(
  session: Session,
  tell: (...found: readonly Found[]) => void,
  fault: (check: Found['check'], error: unknown, fix: string | null) => void,
): Promise<void> {
  try {
    const { open } = await import('../../open-ops.js');
    const { outbox } = await open(session, { reach: false, mayCreate: true, outbox: true });
    await inTime(outbox.check(), DATABASE, session.signal);
    tell({
      check: 'database',
      level: 'ok',
      message: 'The tables of the outbox have the version that they need.',
      fix: null,
    });
    const { dead, relays, backlog } = await outbox.status();
    if (dead > 0)
      tell({
        check: 'database',
        level: 'warning',
        message: `Rows of the outbox that can never be sent: ${dead}.`,
        fix: 'Look at them with: tramline outbox dead',
      });
    if (relays.length === 0 && backlog > 0)
      tell({
        check: 'database',
        level: 'fault',
        message: `No relay runs, and ${backlog === 1 ? '1 event waits' : `${backlog} events wait`} in the outbox.`,
        fix: 'Start a service that relays, or: tramline relay',
      });
  } catch (error) {
    const isSchema = (error as { code?: unknown }).code === 'TRAMLINE_OUTBOX_SCHEMA';
    fault(
      'database',
      error,
      isSchema ? 'tramline outbox migrate' : 'Check its address and credentials, and that it runs.',
    );
  }
}

const MARKS = { ok: ['ok', 32], hint: ['hint', 36], warning: ['WARN', 33], fault: ['FAULT', 31] } as const;

function countsOf(findings: readonly Found[]) {
  const counts = { ok: 0, hint: 0, warning: 0, fault: 0 };
  for (const { level } of findings) counts[level]++;
  return counts;
}

async function show({ output }: Session, findings: readonly Found[]): Promise<void> {
  for (const { level, message, fix } of findings) {
    const [mark, colour] = MARKS[level];
    await output.line(`${output.paint(colour, mark.padEnd(5))}  ${shown(message)}`);
    if (fix !== null) await output.line(`       -> ${shown(fix)}`);
  }
}
