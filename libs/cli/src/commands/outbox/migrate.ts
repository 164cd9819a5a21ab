import { inTime } from '../../patience.js';
import type { Session } from '../../session.js';
import type { MigrateFlags } from './flags.js';
import { DATABASE, openOutbox } from './open.js';

/** Makes the tables, or brings them up to date. @throws CliError | whatever the database throws */
export async function migrate(session: Session, { sql, dryRun = false }: MigrateFlags): Promise<void> {
  const { output } = session;
  const outbox = await openOutbox(session);
  if (sql) {
    const statements = await outbox.sql();
    await output.json({ statements });
    return output.line(statements.map((text) => (text.endsWith(';') ? text : `${text};`)).join('\n\n'));
  }
  const fault = await faultOfTables(inTime(outbox.check(), DATABASE, session.signal));
  if (dryRun || fault === undefined) {
    await output.json({ dryRun, upToDate: fault === undefined, fault: fault ?? null, applied: [] });
    return output.line(fault === undefined ? 'The tables are up to date.' : `${fault}\nNothing was changed.`);
  }
  const { applied, version } = await outbox.migrate();
  await output.json({ dryRun, upToDate: true, fault: null, applied, version });
  await output.line(`The tables have version ${version} now. Applied: ${applied.join(', ') || 'nothing'}.`);
}

/** What is wrong with the tables; undefined: nothing. */
async function faultOfTables(checking: Promise<void>): Promise<string | undefined> {
  try {
    await checking;
    return undefined;
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: string };
    if (code === 'TRAMLINE_OUTBOX_SCHEMA') return message;
    throw error;
  }
}
