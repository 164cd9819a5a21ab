import { inspect } from 'node:util';
import { Injectable, Logger } from '@nestjs/common';
import type { Log } from '@tramline/core';

/** Core's log, written to whatever logger the application has. */
@Injectable()
export class NestLog implements Log {
  private readonly logger = new Logger('Tramline');

  debug(message: string, details?: Record<string, unknown>): void {
    this.logger.debug(line(message, details));
  }

  info(message: string, details?: Record<string, unknown>): void {
    this.logger.log(line(message, details));
  }

  warn(message: string, details?: Record<string, unknown>): void {
    this.logger.warn(line(message, details));
  }

  error(message: string, details?: Record<string, unknown>): void {
    const { error, ...others } = details ?? {};
    if (error instanceof Error) this.logger.error(line(message, others), error.stack);
    else this.logger.error(line(message, details));
  }
}

function line(message: string, details: Record<string, unknown> = {}): string {
  if (Object.keys(details).length === 0) return message;
  return `${message} ${inspect(details, { breakLength: Infinity, depth: 3 })}`;
}
