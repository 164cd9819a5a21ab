import { Tramline } from '@tramline/core';
import { DeadLetters } from '@tramline/core/ops';
import { embedded } from '@tramline/embedded';

const [directory = '.tramline/log', group = '', command = 'list', handlerId] = process.argv.slice(2);

const tramline = new Tramline({ service: 'operator', transport: embedded({ directory }), consume: false });
const letters = new DeadLetters(tramline, group);
const filter = handlerId ? { handlerId } : {}; // also by id, type, key, errorClass, reason, since, until
const actor = process.env['USER'] ?? 'operator'; // who did it is written down

if (command === 'list') {
  for await (const letter of letters.list(filter)) {
    const { id, handlerId, reason, errorMessage, envelope, history } = letter;
    console.log(
      `${id}  ${envelope.type} ${envelope.key}  ${handlerId}  ${reason} after ${history.attempts} attempts: ${errorMessage}`,
    );
  }
} else if (command === 'try') {
  console.log(await letters.redrive(filter, { actor, dryRun: true }));
} else if (command === 'redrive') {
  console.log(await letters.redrive(filter, { actor, rate: 20 })); // letters a second
} else if (command === 'discard') {
  console.log(await letters.discard(filter, { actor, reason: 'of no use any more' }));
} else {
  console.error(`There is no command '${command}': list, try, redrive or discard.`);
  process.exitCode = 1;
}
await tramline.close();
