import { TramlineError } from '@tramline/core';

/** Another transaction has held the write lock of an SQLite file for longer than `busyTimeout`. */
export class DatabaseBusyError extends TramlineError {
  readonly code = 'TRAMLINE_DATABASE_BUSY';
  /** As SQLite's own, so that whoever looks for SQLITE_BUSY finds it. */
  readonly errcode = 5;

  constructor(
    readonly file: string,
    holder: 'this process' | 'somebody',
    readonly busyTimeoutMs: number,
    options?: ErrorOptions,
  ) {
    super(
      holder === 'this process'
        ? `A transaction of this process has kept ${file} locked for ${busyTimeoutMs} ms, and another one waits for it. ` +
            'Inside a transaction use its tx and open no second one; and keep calls to other systems out of it.'
        : `Somebody has kept ${file} locked for ${busyTimeoutMs} ms. Is a transaction left open, here or in another process? ` +
            'Give a longer busyTimeout when it has to take that long.',
      options,
    );
  }
}
