/** The service that gives points: once for each registration, however often its event comes. */
import type { EventContext } from '@tramline/core';
import { openBooks } from '../books/open-books.ts';
import { Awarded, POINTS, POINTS_SERVICE, Registered } from '../events.ts';
import { placesGiven, tell, untilLetGo } from './messages.ts';
import { openBus, RELAY } from './open-bus.ts';

const { ledger, transport } = placesGiven();
const books = openBooks(ledger, 20);
const bus = openBus({
  service: POINTS_SERVICE,
  transport,
  books,
  outbox: { relay: RELAY },
  handlers: [
    {
      id: 'award',
      events: [Registered],
      once: true,
      async run({ userId }: { userId: string }, { tx }: EventContext) {
        await books.award(tx, { userId, points: POINTS });
        await bus.outbox.publish(tx, Awarded, { userId, points: POINTS });
      },
    },
  ],
});
bus.observations.observe(({ kind }) => void (kind === 'known' && tell({ kind })));
await bus.start();
untilLetGo(async () => {
  await bus.close();
  await books.close();
});
tell({ kind: 'ready' });
