import { openOps } from '@tramline/core/ops';
import type { Transport, TransportProvider } from '@tramline/core';
import { embedded } from '@tramline/embedded';

/**
 * An operator who is killed: runs one operation on the log in a directory, and dies as by kill -9 at the n-th write, before it or
 * when it is done. Ends with 0 when it came to its end before that.
 */
const [directory = '', namespace = '', operation = '', write = '0', when = 'before'] = process.argv.slice(2);

let writes = 0;
async function fatal<T>(work: () => Promise<T>): Promise<T> {
  const isLast = writes++ === Number(write);
  const die = () => new Promise<never>(() => process.kill(process.pid, 'SIGKILL'));
  if (isLast && when === 'before') return die();
  const result = await work();
  return isLast ? die() : result;
}

function mortal(provider: TransportProvider): TransportProvider {
  return {
    name: provider.name,
    open(environment) {
      const transport: Transport = provider.open(environment);
      const { topics } = transport;
      const append = transport.append.bind(transport);
      const deleteBefore = topics.deleteBefore.bind(topics);
      transport.append = (...request) => fatal(() => append(...request));
      topics.deleteBefore = (...request) => fatal(() => deleteBefore(...request));
      return transport;
    },
  };
}

const ops = openOps({ transport: mortal(embedded({ directory })), namespace });
const letters = ops.dead.of('shop');
const actor = 'somebody who is killed';
if (operation === 'redrive') await letters.redrive({}, { actor, rate: 1_000 });
else if (operation === 'discard') await letters.discard({ key: 'k1' }, { actor, reason: 'test' });
else if (operation === 'erase') await letters.erase('k1');
else await ops.events.replay({ group: 'shop', handlerId: 'charge', type: 'order.placed', rate: 1_000 });
await ops.close();
