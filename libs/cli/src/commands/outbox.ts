import type { Register } from '../cli.js';
import type { DeadFlags, MigrateFlags, PruneFlags, ReleaseFlags } from './outbox/flags.js';

export const register: Register = (program, cli) => {
  const outbox = cli.group(program, 'outbox', "the outbox's database: how it stands, dead rows, tables");

  cli
    .command(outbox, 'status', {
      about: 'how the outbox stands: backlog, age, dead rows, relays, what blocks it',
      examples: [['tramline outbox status --json', 'for monitoring']],
      connects: true,
      looks: true,
    })
    .action(cli.action<[object]>(async (session) => (await import('./outbox/status.js')).status(session)));

  cli
    .command(outbox, 'dead', {
      about: 'list rows that can never be sent, with why',
      details: 'Oldest first, a page at a time; --json answers { rows, next }.',
      examples: [
        ['tramline outbox dead', 'the first page'],
        ['tramline outbox dead --after 1200 --limit 500', 'a later one'],
      ],
      connects: true,
      looks: true,
    })
    .option('--after <row>', 'rows above this number', '0')
    .option('--limit <number>', 'rows of a page', '100')
    .action(
      cli.action<[DeadFlags]>(async (session, flags) =>
        (await import('./outbox/dead.js')).dead(session, flags),
      ),
    );

  cli
    .command(outbox, 'release [row...]', {
      about: 'put dead rows back, once their cause is mended',
      examples: [
        ['tramline outbox release --all --dry-run', 'how many there are'],
        ['tramline outbox release 1204 1207', 'these two'],
      ],
      connects: true,
      changes: true,
    })
    .option('--all', 'every row that is dead now')
    .action(
      cli.action<[readonly string[], ReleaseFlags]>(async (session, rows, flags) =>
        (await import('./outbox/release.js')).release(session, rows, flags),
      ),
    );

  cli
    .command(outbox, 'prune', {
      about: 'clear up at once what services clear up about once a minute',
      details:
        'Rows that were sent (kept only with `retention`), and what the inbox remembers of groups, as far as it can no longer be needed.',
      examples: [
        ['tramline outbox prune', 'sent rows older than 7 days'],
        ['tramline outbox prune --older-than 30d --group points', 'and the effects of a group'],
      ],
      connects: true,
      changes: true,
    })
    .option('--older-than <duration>', 'at least 1d', '7d')
    .option('--group <name...>', 'forget old effects of these groups too')
    .action(
      cli.action<[PruneFlags]>(async (session, flags) =>
        (await import('./outbox/prune.js')).prune(session, flags),
      ),
    );

  cli
    .command(outbox, 'migrate', {
      about: 'make the tables of outbox and inbox, or bring them up to date',
      examples: [
        ['tramline outbox migrate', 'in one transaction'],
        ['tramline outbox migrate --sql > outbox.sql', 'for your own migrations'],
      ],
      connects: true,
      changes: true,
    })
    .option('--sql', 'write the statements that make them from nothing, and ask no database')
    .action(
      cli.action<[MigrateFlags]>(async (session, flags) =>
        (await import('./outbox/migrate.js')).migrate(session, flags),
      ),
    );
};
