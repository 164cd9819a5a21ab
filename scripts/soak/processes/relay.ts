/** A relay alone. */
import { openBooks } from '../books/open-books.ts';
import { placesGiven, tell, untilLetGo } from './messages.ts';
import { openBus, RELAY } from './open-bus.ts';

const { users, transport } = placesGiven();
const books = openBooks(users, 4);
const bus = openBus({ service: 'relay', transport, books, outbox: { relay: RELAY } });
await bus.start();
untilLetGo(async () => {
  await bus.close();
  await books.close();
});
tell({ kind: 'ready' });
