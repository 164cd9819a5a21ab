import { Injectable, Module } from '@nestjs/common';
import { embedded } from '@tramline/embedded';
import { EventContext, EventContract, OnEvent, Outbox, TramlineModule } from '@tramline/nest';
import { nodeSqlite } from '@tramline/outbox/node-sqlite';
import { IsInt, IsString } from 'class-validator';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

@EventContract('user.registered', { key: 'userId' })
export class UserRegistered {
  @IsString() userId!: string;
}

@EventContract('points.awarded', { key: 'userId' })
export class PointsAwarded {
  @IsString() userId!: string;
  @IsInt() points!: number;
}

// #region handler
@Injectable()
export class Ledger {
  constructor(private readonly outbox: Outbox<DatabaseSync>) {}

  @OnEvent(UserRegistered, { id: 'points', once: true })
  async award({ userId }: UserRegistered, { tx }: EventContext<DatabaseSync>): Promise<void> {
    tx.prepare('INSERT INTO ledger (user_id, points) VALUES (?, 100)').run(userId);
    await this.outbox.publish(tx, PointsAwarded, { userId, points: 100 });
  }
}
// #endregion

/** Whoever runs the example takes it away afterwards. */
export const directory = mkdtempSync(join(tmpdir(), 'tramline-ledger-'));

@Module({
  imports: [
    TramlineModule.forRootAsync({
      useFactory: () => ({
        service: 'points',
        transport: embedded({ directory }),
        outbox: nodeSqlite(new DatabaseSync(join(directory, 'ledger.db'))),
      }),
    }),
  ],
  providers: [Ledger],
})
export class LedgerModule {}
