import type { Register } from '../cli.js';
import type { AsyncapiFlags } from './asyncapi/asyncapi.js';

export const register: Register = (program, cli) => {
  cli
    .command(program, 'asyncapi', {
      about: 'write an AsyncAPI 3.0 document of contracts, handlers, retries and dead letters',
      details:
        'Of `app` and `contracts` in tramline.config.ts: what is published and with which key and headers, who handles it, and where it goes when a handler fails. Applications are built, but not started; no broker is asked. YAML, or JSON with --json.',
      examples: [
        ['tramline asyncapi --output asyncapi.yaml', 'a file'],
        ['tramline asyncapi --title "Shop" --api-version 1.4.0 --json', 'JSON, with a title'],
      ],
      connects: true,
      looks: true,
    })
    .option('--output <file>', 'write to this file')
    .option('--title <text>', 'of the document', 'Events')
    .option('--api-version <version>', 'of the document', '1.0.0')
    .action(
      cli.action<[AsyncapiFlags]>(async (session, flags) =>
        (await import('./asyncapi/asyncapi.js')).asyncapi(session, flags),
      ),
    );
};
