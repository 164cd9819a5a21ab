import type { Register } from '../cli.js';

export const register: Register = (program, cli) => {
  cli
    .command(program, 'doctor', {
      about: 'look for what is wrong, or will be, and say how to mend it',
      details:
        'Looks at the configuration, Node, broker and database, the tables of the outbox, topics, retention, clocks, retry tiers, dead letters, groups, and events that nobody publishes or handles. Handlers are known from `app` in tramline.config.ts. Changes nothing. Ends with 1 when there is a fault, 3 when broker or database cannot be reached.',
      examples: [
        ['tramline doctor', 'of the nearest configuration'],
        ['tramline doctor --brokers localhost:9092 --json', 'what the broker alone tells'],
      ],
      connects: true,
      looks: true,
    })
    .action(cli.action<[object]>(async (session) => (await import('./doctor/doctor.js')).doctor(session)));
};
