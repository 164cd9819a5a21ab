import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { embedded } from '@tramline/embedded';
import { TramlineModule } from '@tramline/nest';
import { Coupons } from './coupons.js';
import { data } from './data.js';

@Module({
  imports: [
    TramlineModule.forRoot({ service: 'coupon', transport: embedded({ directory: join(data, 'log') }) }),
  ],
  controllers: [Coupons],
})
export class CouponModule {}
