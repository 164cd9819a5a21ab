import type { Register } from '../cli.js';
import type { TailFlags } from './tail/tail.js';

export const register: Register = (program, cli) => {
  cli
    .command(program, 'tail [topic...]', {
      about: 'show events as they come, until Ctrl-C',
      details:
        'Belongs to no group and moves no position. Without topics: that of --type, else all topics of events that exist now. With --group: what that group does with each event of the topics it reads: waits in a retry tier, becomes a dead letter, is done. With --json one line for each event (NDJSON).',
      examples: [
        ['tramline tail', 'everything from now on'],
        ['tramline tail --type user.registered --since 10m', 'of one type, from ten minutes ago on'],
        ['tramline tail --key u1 --from-beginning --no-follow', 'the history of one key'],
        ['tramline tail --group sms', 'what becomes of events in a group'],
      ],
      connects: true,
    })
    .option('--from-beginning', 'from the oldest event there is')
    .option('--since <duration>', 'from so long ago on, or from a time such as 2026-01-31T12:00:00Z')
    .option('--type <type>', 'only events of this type')
    .option('--key <key>', 'only events of this key')
    .option('--group <name>', 'what this group does with each event')
    .option('--limit <number>', 'end after so many')
    .option('--no-follow', 'end where the log ends now')
    .action(
      cli.action<[readonly string[], TailFlags]>(async (session, topics, flags) =>
        (await import('./tail/tail.js')).tail(session, topics, flags),
      ),
    );
};
