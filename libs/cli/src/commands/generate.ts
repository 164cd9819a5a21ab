import type { Register } from '../cli.js';
import type { EventOptions } from '../generate/event.js';
import type { GenerateFlags } from '../generate/run.js';

export const register: Register = (program, cli) => {
  const generate = cli
    .group(program, 'generate', 'add an event, a handler or a service to a Nest project')
    .alias('g');

  cli
    .command(generate, 'service <name>', {
      about: 'add a service: a package of its own in apps/, with handlers, specs and a container',
      details:
        'Edits nest-cli.json, tsconfig.json and docker-compose.yml in place; what stands there stays as it is written. A second run changes nothing. Names as in Nest: user-points or UserPoints.',
      examples: [
        ['tramline generate service user-points --on user.registered', 'one that handles an event'],
        ['tramline generate service audit --on user.registered order.placed', 'several'],
        ['tramline generate service user-points --on user.registered --dry-run', 'only show the patch'],
      ],
    })
    .option('--on <event...>', 'events that it handles, by name or class')
    .option('--dry-run', 'show what would change, as a patch, and change nothing')
    .action(
      cli.action<[string, GenerateFlags]>(async (session, name, flags) =>
        (await import('../generate/run.js')).generateService(session, name, flags),
      ),
    );

  cli
    .command(generate, 'handler <name>', {
      about: 'add a handler to an application: its class, its spec, its place in the module',
      examples: [
        [
          'tramline generate handler welcome-mail --on user.registered',
          'in the only application, or the one you are in',
        ],
        ['tramline generate handler welcome-mail --on user.registered --project email', 'in another'],
      ],
    })
    .requiredOption('--on <event...>', 'events that it handles, by name or class')
    .option('--project <name>', 'application of nest-cli.json')
    .option('--dry-run', 'show what would change, as a patch, and change nothing')
    .action(
      cli.action<[string, GenerateFlags]>(async (session, name, flags) =>
        (await import('../generate/run.js')).generateHandler(session, name, flags),
      ),
    );

  cli
    .command(generate, 'event <name>', {
      about: 'add the contract of an event',
      details:
        'A field is name:type, with one of the types string, number, integer, boolean, uuid, email and date; a ? at the end makes it optional. The class goes into the library of contracts, or, where there is none, into src/events.',
      examples: [
        [
          'tramline generate event user.registered --field userId:uuid --field email:email --key userId',
          'in order per user',
        ],
        ['tramline generate event page.viewed --field path:string --field at:date --no-key', 'without order'],
      ],
    })
    .option(
      '--field <name:type>',
      'property of the event, may be repeated',
      (field: string, fields?: string[]) => [...(fields ?? []), field],
    )
    .option('--key <field>', 'field whose value keeps events in order')
    .option('--no-key', 'their order does not matter')
    .option('--project <name>', 'application or library of nest-cli.json that the class goes into')
    .option('--dry-run', 'show what would change, as a patch, and change nothing')
    .action(
      cli.action<[string, GenerateFlags & EventOptions]>(async (session, name, flags) =>
        (await import('../generate/run.js')).generateEvent(session, name, flags),
      ),
    );
};
