import type { Register } from '../cli.js';
import type { RetireFlags } from './retries/retire.js';
import type { WaitingFlags } from './retries/waiting.js';

export const register: Register = (program, cli) => {
  const retries = cli.group(program, 'retries', 'see what waits in retry tiers');
  cli
    .command(retries, 'list [group]', {
      about: 'list retry tiers, how much waits in each and until when',
      details: 'With --json one list of { group, topic, delayMs, waiting, nextDue }; times are ISO 8601.',
      examples: [['tramline retries list sms', 'of one group']],
      connects: true,
      looks: true,
    })
    .action(
      cli.action<[string | undefined]>(async (session, group) =>
        (await import('./retries/list.js')).listTiers(session, group),
      ),
    );
  cli
    .command(retries, 'waiting <group>', {
      about: 'list events that wait for another attempt',
      details:
        'With --json every event is one line: tier, handlerId, type, key, eventId, attempts, due, nextAttempt, errorClass, errorMessage, origin.',
      examples: [['tramline retries waiting sms --handler welcome-sms', 'of one handler']],
      connects: true,
      looks: true,
    })
    .option('--handler <id>', 'only those of this handler')
    .option('--type <type>', 'only events of this type')
    .option('--key <key>', 'only events with this key')
    .option('--limit <number>', 'how many at most', '100')
    .action(
      cli.action<[string, WaitingFlags]>(async (session, group, flags) =>
        (await import('./retries/waiting.js')).listWaiting(session, group, flags),
      ),
    );
  cli
    .command(retries, 'retire <group> <delay>', {
      about: 'delete a tier that is empty and no longer configured',
      details: 'Refused (exit code 4) while something waits in it or the group has members.',
      examples: [['tramline retries retire sms 10m', "the tier 'sms.retry.10m'"]],
      connects: true,
      changes: true,
    })
    .action(
      cli.action<[string, string, RetireFlags]>(async (session, group, delay, flags) =>
        (await import('./retries/retire.js')).retireTier(session, group, delay, flags),
      ),
    );
};
