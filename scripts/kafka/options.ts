import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm run kafka -- [options]

Starts Apache Kafka for development and tests, and stops it with this command; what it holds is thrown away.
Uses KAFKA_BROKERS when that is set, else Java and Maven, else Docker.

  --brokers <1-3>  how many brokers (default 1; Docker: 1)
  --port <number>  port of the first (default 9092)
  --help
`;

export interface KafkaCommandOptions {
  readonly brokers: number;
  readonly port: number;
}

/** @throws Error when an argument makes no sense */
export function parseOptions(args: readonly string[]): KafkaCommandOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: { brokers: { type: 'string' }, port: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) return 'help';
  return {
    brokers: whole('--brokers', values.brokers ?? '1', 3),
    port: whole('--port', values.port ?? '9092', 65_535),
  };
}

function whole(name: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Error(`${name} is "${text}"; give a whole number from 1 to ${most}.`);
}
