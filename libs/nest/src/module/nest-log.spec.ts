import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NestLog } from './nest-log.js';

describe('NestLog', () => {
  const calls: unknown[][] = [];
  const to =
    (level: string) =>
    (...args: unknown[]) =>
      calls.push([level, ...args]);

  beforeEach(() => {
    calls.length = 0;
    Logger.overrideLogger({ log: to('log'), warn: to('warn'), error: to('error'), debug: to('debug') });
  });
  afterEach(() => Logger.overrideLogger(['log', 'warn', 'error', 'debug', 'verbose', 'fatal']));

  it('writes each level of core to that of Nest, in the context Tramline', () => {
    const log = new NestLog();
    log.debug('a');
    log.info('b');
    log.warn('c');
    log.error('d');
    expect(calls).toEqual([
      ['debug', 'a', 'Tramline'],
      ['log', 'b', 'Tramline'],
      ['warn', 'c', 'Tramline'],
      ['error', 'd', undefined, 'Tramline'],
    ]);
  });

  it('keeps details in the line, whatever they are', () => {
    const circular: Record<string, unknown> = { group: 'sms', offset: 7n };
    circular['self'] = circular;
    new NestLog().warn('left', circular);
    expect(calls[0]![1]).toMatch(/^left <ref \*1> \{ group: 'sms', offset: 7n, self: \[Circular \*1\] \}$/);
  });

  it('gives the stack of an error to Nest', () => {
    const error = new Error('away');
    new NestLog().error('not closed', { error, topic: 'a' });
    expect(calls).toEqual([['error', "not closed { topic: 'a' }", error.stack, 'Tramline']]);
  });
});
