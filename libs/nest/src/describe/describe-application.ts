import { ConfigurationError, Tramline, type ServiceDescription } from '@tramline/core';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { HandlerExplorer } from '../explore/handler-explorer.js';

/** What a root module may be: a class, or a dynamic module. */
type RootModule = Parameters<typeof NestFactory.createMicroservice>[0];

/** Never asked to listen: a microservice is the one kind of application that Nest builds without running its hooks. */
const NOTHING: CustomTransportStrategy = {
  listen: (callback: () => void) => callback(),
  close: () => undefined,
};

/**
 * What the application of a root module is made of: its handlers, contracts and policies. The application is built, so that
 * constructors and factories of providers run; no lifecycle hook runs and no group is joined. For tools beside it.
 * @throws ConfigurationError with every fault of options and handlers; whatever building it throws
 */
export async function describeApplication(root: RootModule): Promise<ServiceDescription> {
  const app = await NestFactory.createMicroservice(root, {
    strategy: NOTHING,
    logger: false,
    abortOnError: false,
  });
  try {
    const tramline = app.get(Tramline, { strict: false });
    const { handlers, faults } = app.get(HandlerExplorer, { strict: false }).explore(false);
    if (faults.length > 0) throw new ConfigurationError(faults);
    return tramline.describe(
      handlers.map(({ instance: _, method: __, hostId: ___, moduleName: ____, ...definition }) => ({
        ...definition,
        run: () => undefined,
      })),
    );
  } finally {
    await app.close();
  }
}
