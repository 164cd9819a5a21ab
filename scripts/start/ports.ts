import { createServer } from 'node:net';
import type { Service } from './services.ts';

/** One sentence for each service whose port cannot be had; nothing has been started yet. */
export async function portFaults(services: readonly Service[]): Promise<string[]> {
  const faults = await Promise.all(
    services.map(async (service) => ({ service, code: await listenFault(service) })),
  );
  return faults.flatMap(({ service: { name, port }, code }) => {
    if (code === undefined) return [];
    if (code === 'EADDRINUSE') return [`Port ${port}, which ${name} needs, is taken by another program.`];
    return [`Port ${port}, which ${name} needs, cannot be used (${code}).`];
  });
}

function listenFault({ port, url }: Service): Promise<string | undefined> {
  return new Promise((settle) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
    server.listen(port, new URL(url).hostname, () => server.close(() => settle(undefined)));
  });
}
