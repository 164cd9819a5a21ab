/** kafkajs logs at error what we retry, and would log what we must not show. What matters reaches our own log. */
export const silentKafkajsLog = {
  namespace: () => silentKafkajsLog,
  setLogLevel() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
};
