import { fileURLToPath } from 'node:url';
import { ConsoleLogger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { letClientsGo } from './let-clients-go.js';
import { settings } from './settings.js';

const app = await NestFactory.create<NestExpressApplication>(AppModule, {
  logger: new ConsoleLogger({ prefix: 'registration' }),
});
app.enableShutdownHooks();
letClientsGo(app);
app.useStaticAssets(fileURLToPath(new URL('../public', import.meta.url)));
await app.listen(settings.port, settings.host);
