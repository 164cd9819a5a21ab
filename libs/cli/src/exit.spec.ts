import { describe, expect, it } from 'vitest';
import { ClosedPipeError, InterruptedError } from './env.js';
import { CliError, EXIT, reportOf, usageError } from './exit.js';

const withCode = (code: string, more: object = {}) => Object.assign(new Error('said'), { code }, more);

describe('an error', () => {
  it.each([
    [withCode('TRAMLINE_AWAY'), EXIT.unreachable],
    [withCode('TRAMLINE_REFUSED'), EXIT.refused],
    [withCode('TRAMLINE_GROUP_ACTIVE'), EXIT.refused],
    [withCode('TRAMLINE_CONFIGURATION'), EXIT.usage],
    [withCode('TRAMLINE_UNKNOWN_TOPIC'), EXIT.failure],
    [usageError('said'), EXIT.usage],
    [new CliError('TRAMLINE_X', 'said', EXIT.refused), EXIT.refused],
    [new InterruptedError('said'), EXIT.failure],
    // Of sockets, and of PostgreSQL.
    [withCode('ECONNREFUSED'), EXIT.unreachable],
    [withCode('57P03'), EXIT.unreachable],
    [withCode('28P01'), EXIT.refused],
    [withCode('3D000'), EXIT.refused],
    [withCode('42501'), EXIT.refused],
    [new Error('said', { cause: withCode('28P01') }), EXIT.refused],
    [new Error('said', { cause: new Error('SASL: no password was given') }), EXIT.refused],
    [new Error('said', { cause: new Error('timeout exceeded when trying to connect') }), EXIT.unreachable],
    [withCode('42P01'), EXIT.failure],
    [new Error('said'), EXIT.failure],
  ])('%s has its exit code', (error, exit) => {
    expect(reportOf(error)).toMatchObject({
      exit,
      message: 'said',
      code: expect.stringMatching(/^TRAMLINE_/),
    });
  });

  it('of a connection that was tried over two addresses is that of the first', () => {
    const inner = withCode('ECONNREFUSED');
    expect(reportOf(Object.assign(new AggregateError([inner], ''), { code: 'ECONNREFUSED' }))).toMatchObject({
      exit: EXIT.unreachable,
      message: 'said',
    });
  });

  it('tells its faults, whatever was thrown', () => {
    const faults = [{ path: 'email', message: 'must be a text' }, 'plain'];
    expect(reportOf(withCode('TRAMLINE_PAYLOAD', { faults }))?.faults).toEqual([
      'email: must be a text',
      'plain',
    ]);
    for (const thrown of [undefined, null, 'text', 7, {}])
      expect(reportOf(thrown)).toMatchObject({ exit: EXIT.failure, code: 'TRAMLINE_FAILED' });
  });

  it('of a closed pipe is none', () => {
    expect(reportOf(new ClosedPipeError('closed'))).toBeUndefined();
  });
});
