import { createServer } from 'node:http';
import type { Tramline } from '@tramline/core';

/** Answers at `/health` like the services of the sample, on `PORT`, and ends in order on SIGTERM. */
export function serveReadiness(bus: Tramline, close: () => Promise<void>): void {
  const server = createServer((_, response) => {
    response.writeHead(bus.health().ready ? 200 : 503).end();
  });
  server.listen(Number(process.env['PORT']), '127.0.0.1');
  process.once('SIGTERM', () => {
    server.close();
    server.closeAllConnections();
    void close();
  });
}
