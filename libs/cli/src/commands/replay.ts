import type { Register } from '../cli.js';
import type { ReplayFlags } from './replay/replay.js';

export const register: Register = (program, cli) => {
  cli
    .command(program, 'replay <type>', {
      about: 'give events of the past to one handler again',
      details:
        'Other handlers and groups see nothing. The group must run. Events that the inbox knows are left out and counted, unless --again. Ended by Ctrl-C it says how to go on. With --json one value: dryRun, id, replayed, known, refused, positions, stopped.',
      examples: [
        ['tramline replay user.registered --group points --handler award --from 2h', 'of the last two hours'],
        [
          'tramline replay user.registered --group points --handler award --key u1 --dry-run',
          'how many of one key',
        ],
      ],
      connects: true,
      changes: true,
    })
    .requiredOption('--group <name>', 'whose handler')
    .requiredOption('--handler <id>', 'the one that gets them')
    .option('--topic <name>', 'where they lie; default: the topic of the type')
    .option('--from <time>', 'written since: 10m, 2h, 2026-05-01T12:00:00Z; default: the oldest there is')
    .option('--to <time>', 'written before; default: all there is now')
    .option('--key <key>', 'only events with this key')
    .option('--again', 'also those whose effect the inbox knows: they have it again')
    .option('--rate <number>', 'events a second', '1000')
    .option('--resume <id>', 'of an interrupted replay that goes on; with --position')
    .option('--position <list>', 'what the interrupted replay said')
    .action(
      cli.action<[string, ReplayFlags]>(async (session, type, flags) =>
        (await import('./replay/replay.js')).replay(session, type, flags),
      ),
    );
};
