import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';

/**
 * Once this process stops, it tells clients to leave the connections that they hold open. A server that closes waits for every
 * connection on which a request is under way, and a busy client, such as a load balancer, has the next one ready each time.
 */
export function letClientsGo(app: NestExpressApplication): void {
  app.use((_: IncomingMessage, response: ServerResponse, next: () => void) => {
    if (!app.getHttpServer().listening) response.setHeader('connection', 'close');
    next();
  });
}
