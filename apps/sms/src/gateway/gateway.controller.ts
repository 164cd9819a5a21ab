import {
  BadRequestException,
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  type PipeTransform,
  Post,
  Query,
  ServiceUnavailableException,
  ValidationPipe,
} from '@nestjs/common';
import { FailAs, SendMessage } from './bodies.js';
import { type Failures, type Message, MessagesStore } from './messages.store.js';

// A misspelt field would be taken for one that was left out.
const valid = new ValidationPipe({ transform: true, whitelist: true, forbidNonWhitelisted: true });

/** Without it a body that Express did not read, for want of its content type, would pass for `{}`. */
const given: PipeTransform = {
  transform(body: unknown): unknown {
    if (body !== undefined) return body;
    throw new BadRequestException('The body is missing: send JSON, with content-type: application/json');
  },
};

/** An SMS gateway for development: behaves like a real one, and fails when it is told to. */
@Controller()
export class GatewayController {
  constructor(private readonly messages: MessagesStore) {}

  @Post('gateway')
  send(@Body(valid) { to, text }: SendMessage, @Headers('idempotency-key') idempotencyKey?: string): Message {
    if (!idempotencyKey) {
      throw new BadRequestException(
        'The header Idempotency-Key is missing: without it a repeated call would send a second message',
      );
    }
    if (this.messages.shallFail())
      throw new ServiceUnavailableException('The gateway was told to fail (POST /gateway/failures)');
    return this.messages.take(to, text, idempotencyKey);
  }

  @Post('gateway/failures')
  @HttpCode(200)
  fail(@Body(given, valid) { next, rate }: FailAs): Failures {
    this.messages.failAs({ next, rate });
    return { next, rate };
  }

  /** A plus that was not encoded in the address arrives as a space, so the number is compared without either. */
  @Get('messages')
  list(@Query('to') to?: unknown): Message[] {
    if (to === undefined) return this.messages.list();
    if (typeof to !== 'string') throw new BadRequestException('to must be one phone number');
    return this.messages.list(`+${to.replace(/\D/g, '')}`);
  }
}
