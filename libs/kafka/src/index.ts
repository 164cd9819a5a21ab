export { kafka } from './kafka.js';
export type {
  ClientOptions,
  Compression,
  KafkaOptions,
  RetryOptions,
  SaslOptions,
  TlsOptions,
} from './config/options.js';
