/** Where core writes for people. One call is one line; `details` are for machines. Must not throw. */
export interface Log {
  debug(message: string, details?: Record<string, unknown>): void;
  info(message: string, details?: Record<string, unknown>): void;
  warn(message: string, details?: Record<string, unknown>): void;
  error(message: string, details?: Record<string, unknown>): void;
}

/** Writes nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Writes warnings and errors to the console. The default where nobody gives a log. */
export const consoleLog: Log = {
  debug() {},
  info() {},
  warn: (message) => console.warn(`[tramline] ${message}`),
  error: (message) => console.error(`[tramline] ${message}`),
};
