import type Connection from 'kafkajs/src/network/connection.js';

/**
 * kafkajs sets a timer of about 1 ms after every answer, to look for requests that a quota held back, and goes on doing so
 * when none is: an idle consumer takes eight times the CPU it needs (kafkajs #1751). Nothing waits, nothing to look for.
 */
export function quietQueue({ requestQueue }: Connection): void {
  const check = requestQueue.scheduleCheckPendingRequests.bind(requestQueue);
  requestQueue.scheduleCheckPendingRequests = () => {
    if (requestQueue.pending.length > 0) check();
  };
}
