import { resolve } from 'node:path';
import type { Duration } from '@tramline/nest';

/** What this process is told by its environment. Nothing else in this app reads `process.env`, but for Kafka's own `KAFKA_*`. */
export interface Settings {
  /** `HOST`: the address to listen on. Default: this machine only. */
  readonly host: string;
  /** `PORT`: 0 takes a free one. Default: 3001. */
  readonly port: number;
  /** `TRAMLINE_DATA`: the directory that the services of this machine share for the event log, and where each keeps its own file. */
  readonly data: string;
  /** `TRAMLINE_TRANSPORT`: what carries the events, `embedded` (the default) or `kafka`. */
  readonly transport: 'embedded' | 'kafka';
  /** `TRAMLINE_NAMESPACE`: the prefix of every topic and group. Default: none. */
  readonly namespace: string | undefined;
  /** `SMS_GATEWAY_URL`: where messages are posted. Default: the development gateway, which this process serves itself. */
  readonly gatewayUrl: string | undefined;
  /** `SMS_RETRY_DELAYS`: how long a message waits between tries while the gateway is away, like `10s,1m,10m` (the default). */
  readonly retryDelays: readonly Duration[];
}

/** @throws Error naming the variable, when one has a value that cannot be used. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const port = Number(env.PORT || 3001);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`PORT is "${env.PORT}": set it to a number from 0 to 65535`);
  }
  const gatewayUrl = env.SMS_GATEWAY_URL || undefined;
  if (gatewayUrl && !/^https?:$/.test(URL.parse(gatewayUrl)?.protocol ?? '')) {
    throw new Error(`SMS_GATEWAY_URL is "${gatewayUrl}": set it to an http or https address`);
  }
  return {
    host: env.HOST || '127.0.0.1',
    port,
    data: resolve(env.TRAMLINE_DATA || '.tramline'),
    transport: readTransport(env.TRAMLINE_TRANSPORT || 'embedded'),
    namespace: env.TRAMLINE_NAMESPACE || undefined,
    gatewayUrl,
    retryDelays: readDelays(env.SMS_RETRY_DELAYS || '10s,1m,10m'),
  };
}

function readDelays(list: string): Duration[] {
  const delays = list.split(',').map((delay) => delay.trim());
  if (delays.every(isDuration)) return delays;
  throw new Error(`SMS_RETRY_DELAYS is "${list}": set it to waits like 10s,1m,10m`);
}

function isDuration(text: string): text is Exclude<Duration, number> {
  return /^\d+(ms|s|m|h|d)$/.test(text);
}

function readTransport(name: string): Settings['transport'] {
  if (name === 'embedded' || name === 'kafka') return name;
  throw new Error(`TRAMLINE_TRANSPORT is "${name}": set it to embedded or kafka`);
}

export const settings = readSettings(process.env);
