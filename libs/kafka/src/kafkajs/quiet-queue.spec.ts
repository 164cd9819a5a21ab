import Connection from 'kafkajs/src/network/connection.js';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { quietQueue } from './quiet-queue.js';
import { silentKafkajsLog } from './silent-log.js';

const answers = { correlationId: 0, payload: Buffer.alloc(0), size: 0 };

function connection(): Connection & {
  readonly requestQueue: { fulfillRequest(answer: typeof answers): void };
} {
  return new Connection({ host: 'nowhere', port: 1, logger: silentKafkajsLog }) as never;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('kafkajs still sets a timer after every answer: without it this workaround can go', () => {
  const { requestQueue } = connection();
  requestQueue.fulfillRequest(answers);
  expect(vi.getTimerCount()).toBe(1);
});

it('a queue in which nothing waits sets no timer', () => {
  const quiet = connection();
  quietQueue(quiet);
  quiet.requestQueue.fulfillRequest(answers);
  expect(vi.getTimerCount()).toBe(0);
});
