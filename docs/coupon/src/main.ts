import { NestFactory } from '@nestjs/core';
import { CouponModule } from './coupon.module.js';

const app = await NestFactory.create(CouponModule);
app.enableShutdownHooks();
app.enableCors({ origin: /^http:\/\/(localhost|127\.0\.0\.1):\d+$/, methods: ['GET'] });
await app.listen(process.env.PORT ?? 3004, '127.0.0.1');
