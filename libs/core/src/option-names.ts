import type { PublisherOptions, TopicOptions, TramlineOptions } from './options.js';

// Records, so that the compiler notices an option that is missing here.
const BUS: Record<keyof TramlineOptions, true> = {
  service: true,
  transport: true,
  namespace: true,
  handlers: true,
  contracts: true,
  consume: true,
  retry: true,
  policies: true,
  overrides: true,
  consumer: true,
  publisher: true,
  topics: true,
  outbox: true,
  validation: true,
  codec: true,
  clock: true,
  random: true,
  log: true,
};
const PUBLISHER: Record<keyof PublisherOptions, true> = {
  timeout: true,
  maxEventBytes: true,
  bufferEvents: true,
  bufferBytes: true,
  partitioner: true,
};
const TOPICS: Record<keyof TopicOptions, true> = {
  topology: true,
  partitions: true,
  replication: true,
  deadRetention: true,
};

/** Options that nobody reads: slips of the pen that would do nothing without a word. One sentence each. */
export function unknownOptions(options: TramlineOptions): string[] {
  return [
    ...unknownNames('', options, BUS),
    ...unknownNames('publisher: ', options.publisher, PUBLISHER),
    ...unknownNames('topics: ', options.topics, TOPICS),
  ];
}

/** @param place - put in front of each sentence */
export function unknownNames(
  place: string,
  given: object | undefined,
  known: Readonly<Record<string, true>>,
): string[] {
  return Object.keys(given ?? {})
    .filter((name) => !Object.hasOwn(known, name))
    .map((name) => `${place}unknown option '${name}'. Known: ${Object.keys(known).join(', ')}.`);
}
