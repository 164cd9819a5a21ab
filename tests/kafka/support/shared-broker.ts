import { createServer, type AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { startKafka, type RunningKafka } from '../../../scripts/kafka/start.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Port of whoever starts the broker that all specs share. */
    kafkaPort: number;
  }
}

/**
 * For vitest's `globalSetup`: one broker for all spec files of a run, started when the first of them asks. So a run without
 * such specs starts none.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<RunningKafka> | undefined;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    starting ??= startKafka();
    starting.then(
      ({ addresses }) => socket.end(addresses.join(',')),
      (error: Error) => socket.end(`! ${error.message}`),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const { port } = server.address() as AddressInfo;
  project.provide('kafkaPort', port);
  return async () => {
    server.close();
    await (await starting?.catch(() => undefined))?.stop();
  };
}
