import { BadRequestException, Controller, Get, Query } from '@nestjs/common';
import { MailsStore, type ReceivedMail } from './mails.store.js';

@Controller('messages')
export class MailboxController {
  constructor(private readonly mails: MailsStore) {}

  /** A plus in the address that was not encoded arrives as a space, which no address holds. */
  @Get()
  list(@Query('to') to?: unknown): ReceivedMail[] {
    if (to === undefined) return this.mails.list();
    if (typeof to !== 'string') throw new BadRequestException('to must be one e-mail address');
    return this.mails.list(to.replaceAll(' ', '+'));
  }
}
