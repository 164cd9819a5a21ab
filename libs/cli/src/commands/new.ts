import type { Register } from '../cli.js';
import type { NewFlags } from '../new/options.js';

export const register: Register = (program, cli) => {
  cli
    .command(program, 'new <directory>', {
      about: 'make a workspace of event-driven services',
      details:
        "The directory's last part is the project's name. It holds two services and the event between them, with tests; npm start runs them on the embedded transport, whatever --transport says of the containers.",
      examples: [
        ['tramline new my-shop', 'npm, SQLite, no server needed'],
        ['tramline new my-shop --transport kafka --database postgres', 'with both in docker-compose.yml'],
        ['tramline new my-shop --package-manager pnpm --no-git', 'for pnpm, without git init'],
      ],
    })
    .option(
      '--transport <name>',
      'what carries the events in containers: embedded or kafka (default: embedded)',
    )
    .option('--database <name>', 'sqlite, postgres or none (default: sqlite)')
    .option(
      '--orm <name>',
      'how PostgreSQL is spoken to: none (pg), drizzle, kysely or typeorm (default: none)',
    )
    .option('--package-manager <name>', 'npm or pnpm (default: npm)')
    .option(
      '--packages <directory>',
      "take Tramline's packages from tarballs in this directory, not from the registry (TRAMLINE_PACKAGES)",
    )
    .option('--no-git', 'do not run git init')
    .option('--no-install', 'do not install')
    .option('--dry-run', 'show the files that would be made, and make none')
    .action(
      cli.action<[string, NewFlags]>(async (session, directory, flags) =>
        (await import('../new/new.js')).newWorkspace(session, directory, flags),
      ),
    );
};
