import type { Register } from '../cli.js';
import type { ResetFlags } from './groups/reset.js';

export const register: Register = (program, cli) => {
  const groups = cli.group(program, 'groups', 'see how consumer groups stand, and move them');
  cli
    .command(groups, 'list', {
      about: 'list groups and how many members they have',
      details: 'With --json one list of { group, members }.',
      examples: [['tramline groups list', 'all of the namespace']],
      connects: true,
      looks: true,
    })
    .action(cli.action(async (session) => (await import('./groups/list.js')).listGroups(session)));
  cli
    .command(groups, 'describe <group>', {
      about: 'show positions, lag, members and what each of them has',
      details: 'With --json one value: group, members, memberList, positions, lag, handlers.',
      examples: [['tramline groups describe sms', 'one group']],
      connects: true,
      looks: true,
    })
    .action(
      cli.action<[string]>(async (session, group) =>
        (await import('./groups/describe.js')).describeGroup(session, group),
      ),
    );
  cli
    .command(groups, 'reset <group>', {
      about: 'move a group that has no members',
      details:
        'Going back delivers events again, except to handlers with once: true that did them already; going forward leaves events out for good. Retry tiers stay where they are. Refused (exit code 4) while the group has members.',
      examples: [
        ['tramline groups reset sms --to earliest --dry-run', 'how many events would come again'],
        ['tramline groups reset sms --ago 2h', 'to the first event of the last two hours'],
        ['tramline groups reset sms --to 2026-05-01T12:00:00Z --topic user.registered', 'to a time'],
        ['tramline groups reset sms --to-offset 120 --topic user.registered --partition 3', 'to an offset'],
      ],
      connects: true,
      changes: true,
    })
    .option('--to <where>', 'earliest, latest, or a time such as 2026-05-01T12:00:00Z')
    .option('--ago <duration>', 'so long ago: 30m, 2h, 7d')
    .option('--to-offset <number>', 'an offset, of one partition')
    .option('--topic <name...>', 'only this topic, may be repeated; default: all that it reads')
    .option('--partition <number...>', 'only this partition, may be repeated')
    .action(
      cli.action<[string, ResetFlags]>(async (session, group, flags) =>
        (await import('./groups/reset.js')).resetGroup(session, group, flags),
      ),
    );
};
