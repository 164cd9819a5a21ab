import type { TransportProvider } from '@tramline/core';
import { checkOptions } from './config/check.js';
import { optionsFromEnv } from './config/from-env.js';
import type { KafkaOptions } from './config/options.js';
import { KafkaTransport } from './transport.js';

/**
 * Apache Kafka, 3.0 to 4.x.
 * @throws ConfigurationError with all faults at once
 */
export function kafka(options: KafkaOptions): TransportProvider {
  const settings = checkOptions(options);
  return { name: 'kafka', open: (environment) => new KafkaTransport(settings, environment) };
}

/** As {@link optionsFromEnv} reads them: from `KAFKA_*` variables; `more` wins. @throws ConfigurationError */
kafka.fromEnv = (more: Partial<KafkaOptions> = {}): TransportProvider =>
  kafka(optionsFromEnv(process.env, more));
