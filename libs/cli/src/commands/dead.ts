import type { Command } from 'commander';
import type { Register } from '../cli.js';
import type { DiscardFlags } from './dead/discard.js';
import type { EraseFlags } from './dead/erase.js';
import type { ListFlags } from './dead/list.js';
import type { RedriveFlags } from './dead/redrive.js';

const SHAPE =
  'With --json every letter is one line: id, handlerId, type, key, eventId, reason, errorClass, errorMessage, diedAt, attempts, redrives, origin, byReference, state.';

export const register: Register = (program, cli) => {
  const dead = cli.group(program, 'dead', 'list, show, redrive, discard and erase dead letters');
  cli
    .command(dead, 'groups', {
      about: 'list groups with dead letters',
      details:
        'Counts records: letters with their copies, redriven and discarded ones included. With --json one list of { group, records }.',
      examples: [['tramline dead groups', 'all of the namespace']],
      connects: true,
      looks: true,
    })
    .action(cli.action(async (session) => (await import('./dead/groups.js')).listDeadGroups(session)));
  filtered(
    cli.command(dead, 'list <group>', {
      about: 'list dead letters that wait for a decision, oldest first',
      details: `One page; the next begins with --after. ${SHAPE} A last line { next } says where the next page begins.`,
      examples: [
        ['tramline dead list sms', 'the first 50'],
        ['tramline dead list sms --handler welcome-sms --since 1h', 'of one handler, of the last hour'],
        ['tramline dead list sms --limit 1000 --json', 'for programs'],
      ],
      connects: true,
      looks: true,
    }),
  )
    .option('--all', 'also those that were redriven or discarded')
    .option('--limit <number>', 'letters of one page', '50')
    .option('--after <place>', 'where the page before ended')
    .action(
      cli.action<[string, ListFlags]>(async (session, group, flags) =>
        (await import('./dead/list.js')).listLetters(session, group, flags),
      ),
    );
  cli
    .command(dead, 'show <group> <id>', {
      about: 'show one letter: payload, headers, error and stack',
      details:
        'With --json one value: what `dead list` says of a letter, errorStack, envelope, and payload (or payloadBase64 where it is not JSON; null: a tombstone or gone).',
      examples: [['tramline dead show sms 5d93edec031f3ebe3063cc6738aacb76', 'one letter']],
      connects: true,
      looks: true,
    })
    .action(
      cli.action<[string, string]>(async (session, group, id) =>
        (await import('./dead/show.js')).showLetter(session, group, id),
      ),
    );
  filtered(
    cli.command(dead, 'redrive <group> [ids...]', {
      about: 'send letters back to the one handler that failed',
      details:
        'Those named, or those that match, or with --all-letters every one that waits. It is safe to end it at any point and to run it again: a letter that was interrupted is sent again under the same event id, and counted as possibly repeated. One that came back too often is refused. With --json one value: dryRun, redriven, repeated, refused, stopped.',
      examples: [
        ['tramline dead redrive sms 5d93edec031f3ebe3063cc6738aacb76', 'one letter'],
        ['tramline dead redrive sms --handler welcome-sms --dry-run', 'how many it would be'],
        ['tramline dead redrive sms --all-letters --rate 20 --yes', 'all, 20 a second'],
      ],
      connects: true,
      changes: true,
    }),
  )
    .option('--all-letters', 'all that wait, where nothing narrows them down')
    .option('--rate <number>', 'letters a second', '100')
    .option('--max-redrives <number>', 'refuse letters that were redriven this often', '5')
    .option('--actor <name>', 'who does it, for the record; default: the user')
    .action(
      cli.action<[string, readonly string[], RedriveFlags]>(async (session, group, ids, flags) =>
        (await import('./dead/redrive.js')).redriveLetters(session, group, ids, flags),
      ),
    );
  filtered(
    cli.command(dead, 'discard <group> [ids...]', {
      about: 'mark letters as of no further use',
      details:
        'They stay in the topic until its retention ends, and out of the list. With --json one value: dryRun, discarded, stopped.',
      examples: [['tramline dead discard sms --key u1 --reason "test data"', 'those of a key']],
      connects: true,
      changes: true,
    }),
  )
    .option('--all-letters', 'all that wait, where nothing narrows them down')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--actor <name>', 'who does it, for the record; default: the user')
    .action(
      cli.action<[string, readonly string[], DiscardFlags]>(async (session, group, ids, flags) =>
        (await import('./dead/discard.js')).discardLetters(session, group, ids, flags),
      ),
    );
  cli
    .command(dead, 'erase <group>', {
      about: 'delete the letters of a key with their bytes, for good',
      details:
        'Whatever was done with them. Other letters are written anew behind them. The events themselves lie in their topics as long as these keep them. With --json one value: dryRun, erased, kept, stopped.',
      examples: [['tramline dead erase sms --key u1 --dry-run', 'how many it would be']],
      connects: true,
      changes: true,
    })
    .requiredOption('--key <key>', 'whose letters')
    .action(
      cli.action<[string, EraseFlags]>(async (session, group, flags) =>
        (await import('./dead/erase.js')).eraseLetters(session, group, flags),
      ),
    );
};

function filtered(command: Command): Command {
  return command
    .option('--handler <id>', 'only those of this handler')
    .option('--type <type>', 'only events of this type')
    .option('--key <key>', 'only events with this key')
    .option('--error <class>', 'only errors of this class')
    .option('--reason-is <reason>', 'only those that died for this: retries-exhausted, non-retryable, …')
    .option('--since <time>', 'died since: 10m, 2h, 2026-05-01T12:00:00Z')
    .option('--until <time>', 'died before');
}
