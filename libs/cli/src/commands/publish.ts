import type { Register } from '../cli.js';
import type { PublishFlags } from './publish/publish.js';

export const register: Register = (program, cli) => {
  cli
    .command(program, 'publish <type> [payload]', {
      about: 'publish one event, or many from a file or from stdin',
      details:
        'The payload is JSON. Without one, every line of --file or of stdin is the payload of one event (NDJSON); a file whose name ends in .json holds a single payload. All of them are checked first: every fault is listed with its line, and nothing is sent unless all are valid. With --json every event answers one line: its line number, id and where it lies.',
      examples: [
        [`tramline publish user.registered '{"userId":"u1"}' --key u1`, 'one event'],
        ['tramline publish user.registered --file users.ndjson --dry-run', 'only check'],
        ['zcat users.ndjson.gz | tramline publish user.registered', 'many, from stdin'],
      ],
      connects: true,
    })
    .option('--file <path>', 'read payloads from this file')
    .option('--key <key>', 'key of the events; default: what the contract says')
    .option('--no-key', 'without key: no order, spread evenly')
    .option('--header <name=value...>', 'text header, may be repeated')
    .option('--id <id>', "the event's id, to send one again after an unknown outcome")
    .option('--correlation-id <id>', 'what the events belong to')
    .option('--partition <number>', 'in place of the one that the key chooses')
    .option('--from-line <number>', 'leave out the lines before this one, to go on after a failure')
    .option('--dry-run', 'check everything and send nothing')
    .action(
      cli.action<[string, string | undefined, PublishFlags]>(async (session, type, payload, flags) =>
        (await import('./publish/publish.js')).publish(session, type, payload, flags),
      ),
    );
};
