import { ConsoleLogger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { settings } from './settings.js';

/** Pages served from this machine may read what we did; nobody else may, and nobody may write. */
const LOOPBACK = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

const app = await NestFactory.create(AppModule, { logger: new ConsoleLogger({ prefix: 'email' }) });
app.enableShutdownHooks();
app.enableCors({ origin: LOOPBACK, methods: ['GET'] });
await app.listen(settings.port, settings.host);
