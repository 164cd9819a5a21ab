import { Controller, Get, Param } from '@nestjs/common';
import { type Entry, Ledger } from './ledger.js';

@Controller('points')
export class PointsController {
  constructor(private readonly ledger: Ledger) {}

  @Get(':userId')
  async of(@Param('userId') userId: string): Promise<{ balance: number; entries: Entry[] }> {
    const entries = await this.ledger.entries(userId);
    return { balance: entries.reduce((sum, { points }) => sum + points, 0), entries };
  }
}
