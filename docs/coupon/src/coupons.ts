import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Controller, Get, Logger, type OnApplicationShutdown, Param } from '@nestjs/common';
import { OnEvent } from '@tramline/nest';
import { UserRegistered } from '@tramline/sample-events';
import { data } from './data.js';

@Controller('coupons')
export class Coupons implements OnApplicationShutdown {
  private readonly logger = new Logger(Coupons.name);
  private readonly db = new DatabaseSync(join(data, 'coupon.db'));

  constructor() {
    this.db.exec('CREATE TABLE IF NOT EXISTS coupons (userId TEXT PRIMARY KEY, subject TEXT, at TEXT)');
  }

  /** An event may come again after a crash: the primary key sees to it that nobody gets two coupons. */
  @OnEvent(UserRegistered, { id: 'welcome-coupon' })
  give({ userId, name }: UserRegistered): void {
    this.db
      .prepare('INSERT INTO coupons VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
      .run(userId, `WELCOME-${randomInt(1e6)}`, new Date().toISOString());
    this.logger.log(`A welcome coupon for ${name}`);
  }

  @Get(':userId')
  of(@Param('userId') userId: string): unknown[] {
    return this.db.prepare('SELECT subject, at FROM coupons WHERE userId = ?').all(userId);
  }

  onApplicationShutdown(): void {
    this.db.close();
  }
}
