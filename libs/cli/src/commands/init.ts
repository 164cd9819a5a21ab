import type { Register } from '../cli.js';
import type { InitFlags } from '../init/init.js';

export const register: Register = (program, cli) => {
  cli
    .command(program, 'init', {
      about: 'add Tramline to a NestJS application that is there',
      details:
        'Standard or monorepo, NestJS 11 or 12, ES modules or CommonJS. Adds the packages, TramlineModule in the root module and shutdown hooks, and edits in place. A second run changes nothing. The same as: nest add @tramline/nest',
      examples: [
        ['tramline init', 'in the folder of the application'],
        ['tramline init --project shop --transport kafka', 'one application of a monorepo, on Kafka'],
        ['tramline init --dry-run', 'only show the patch'],
      ],
    })
    .option('--project <name>', 'application of nest-cli.json; default: the one Nest itself takes')
    .option('--source-root <directory>', 'names the application by its sources, as nest add does')
    .option('--transport <name>', 'what carries the events: embedded or kafka (default: embedded)')
    .option(
      '--packages <directory>',
      "take Tramline's packages from tarballs in this directory, not from the registry (TRAMLINE_PACKAGES)",
    )
    .option('--no-install', 'do not install')
    .option('--dry-run', 'show what would change, as a patch, and change nothing')
    .action(
      cli.action<[InitFlags]>(async (session, flags) =>
        (await import('../init/init.js')).initProject(session, flags),
      ),
    );
};
