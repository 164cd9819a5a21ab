import type { Register } from '../cli.js';
import type { CreateFlags } from './topics/create.js';
import type { DeleteFlags } from './topics/delete.js';
import type { ListFlags } from './topics/list.js';
import type { PlanFlags } from './topics/plan.js';

export const register: Register = (program, cli) => {
  const topics = cli.group(program, 'topics', 'list, describe, make and delete topics');
  cli
    .command(topics, 'list', {
      about: 'list topics and their settings',
      details: 'With --json every topic is one line: name, fullName, kind, group, partitions and settings.',
      examples: [
        ['tramline topics list', 'topics of events'],
        ['tramline topics list --all --prefix sms.', 'also those that group sms keeps for itself'],
      ],
      connects: true,
      looks: true,
    })
    .option('--all', 'also those that groups keep for themselves')
    .option('--prefix <text>', 'only names that begin so')
    .action(
      cli.action<[ListFlags]>(async (session, flags) =>
        (await import('./topics/list.js')).listTopics(session, flags),
      ),
    );
  cli
    .command(topics, 'describe <names...>', {
      about: 'show settings and offsets of topics',
      details: 'With --json one list: of each topic what `topics list` says, and offsets and records.',
      examples: [['tramline topics describe user.registered', 'one topic']],
      connects: true,
      looks: true,
    })
    .action(
      cli.action<[readonly string[]]>(async (session, names) =>
        (await import('./topics/describe.js')).describeTopics(session, names),
      ),
    );
  cli
    .command(topics, 'create <names...>', {
      about: 'make topics of events; those that exist stay as they are',
      examples: [['tramline topics create user.registered --partitions 12', 'one topic']],
      connects: true,
      changes: true,
    })
    .option('--partitions <number>', "default: the transport's, 6")
    .option('--replication <number>', "copies; default: the transport's, at most 3")
    .option('--retention <duration>', "how long records stay, or 'forever'; default: the transport's")
    .option('--max-record-bytes <number>', "the largest record; default: the transport's")
    .option('--compact', 'keep the newest record of each key, in place of --retention')
    .action(
      cli.action<[readonly string[], CreateFlags]>(async (session, names, flags) =>
        (await import('./topics/create.js')).createTopics(session, names, flags),
      ),
    );
  cli
    .command(topics, 'delete <names...>', {
      about: 'delete topics with all their records',
      examples: [['tramline topics delete user.registered --dry-run', 'how many records would go']],
      connects: true,
      changes: true,
    })
    .option('--force', 'also while a group reads them')
    .action(
      cli.action<[readonly string[], DeleteFlags]>(async (session, names, flags) =>
        (await import('./topics/delete.js')).deleteTopics(session, names, flags),
      ),
    );
  for (const [name, about] of [
    ['plan', 'tell what topics lack for the contracts and groups'],
    ['apply', 'make topics that are missing, and mend settings of others'],
  ] as const) {
    const command = cli
      .command(topics, name, {
        about,
        details:
          'Contracts are those of tramline.config.ts. Of topics that exist, settings are mended (~) where nothing can be lost by it: a longer retention, no limit by size, larger records, a second copy that acknowledges. What else differs is told (!) and left to you: cleanup, and partitions of a compacted topic. plan ends with 1 when something is to be done.',
        examples: [[`tramline topics ${name} --group sms --group email`, 'events and two groups']],
        connects: true,
        looks: name === 'plan',
        changes: name === 'apply',
      })
      .option('--group <name...>', 'groups whose own topics must be there, may be repeated')
      .option('--retry-tiers <list>', 'tiers of these groups, such as 10s,1m,10m,1h, which is the default')
      .option('--partitions <number>', 'of topics that are made')
      .option('--replication <number>', 'of topics that are made')
      .option('--dead-retention <duration>', 'how long dead letters stay; default: for ever');
    if (name === 'apply') command.option('--grow', 'also add partitions: events of a key may cross');
    command.action(
      cli.action<[PlanFlags]>(async (session, flags) =>
        (await import('./topics/plan.js'))[name === 'plan' ? 'showPlan' : 'applyPlan'](session, flags),
      ),
    );
  }
};
