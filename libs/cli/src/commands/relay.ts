import type { Register } from '../cli.js';

export const register: Register = (program, cli) => {
  cli
    .command(program, 'relay', {
      about: "run the outbox's relay alone, until Ctrl-C",
      details:
        'Moves rows of the outbox to the broker, beside or in place of the services. Several may run; they share the work. Begins when both answer; while one is away later it goes on trying. Ctrl-C or SIGTERM lets flights end and gives its share to the others. Says how it stands whenever that changes, and every minute; with --json one line each time (NDJSON).',
      examples: [
        ['tramline relay', 'with the outbox of tramline.config.ts'],
        ['tramline relay --json >> relay.ndjson', 'for a log'],
      ],
      connects: true,
    })
    .action(cli.action<[object]>(async (session) => (await import('./relay/relay.js')).relay(session)));
};
