import { EventContext } from '../consume/event-context.js';
import type { Handler } from '../consume/handler.js';
import type { OutboxBackend } from './outbox-backend.js';

/**
 * A handler with `once: true` in its transaction: its effect and the memory of it are committed together, so that an event
 * that comes again changes nothing.
 */
export function runOnce(handler: Handler, backend: OutboxBackend): Handler {
  const aliases = [...handler.ids].filter((id) => id !== handler.id);
  const run = (event: unknown, context: EventContext) =>
    backend.once(
      {
        group: handler.group,
        handlerId: handler.id,
        aliases,
        eventId: effectId(context),
        origin: context.origin,
      },
      context.signal,
      async (tx) => {
        context.enter(tx);
        // A driver may call back from a pool's own context, which is that of whoever used the connection first.
        await EventContext.run(context, () => handler.run(event, context));
      },
    );
  return { ...handler, run };
}

/** Under which the inbox remembers it: an effect that is to be had again is another one, once for each replay. */
function effectId({ eventId, replay }: EventContext): string {
  return replay?.again ? `${eventId}#${replay.id}` : eventId;
}
