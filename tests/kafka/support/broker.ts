import { connect } from 'node:net';
import { describe, inject } from 'vitest';
import { canStartKafka } from '../../../scripts/kafka/start.ts';
import { findTools, HOW_TO_GET_A_BROKER } from '../../../scripts/kafka/tools.ts';

const isThere = canStartKafka();
const { java, maven } = findTools();

/**
 * A suite that needs a broker. Without one it is skipped, and says so; where CI is set, nothing may be skipped.
 * @throws Error in CI without a broker
 */
export const describeWithKafka = choose(isThere);

/** A suite that starts, stops and kills brokers of its own. */
export const describeWithOwnBrokers = choose(java && maven);

function choose(possible: boolean): typeof describe | typeof describe.skip {
  if (possible) return describe;
  if (process.env['CI']) throw new Error(HOW_TO_GET_A_BROKER);
  console.warn(`Tests against a real Kafka were not run. ${HOW_TO_GET_A_BROKER}`);
  return describe.skip;
}

/** Addresses of the broker that all specs share; the first call starts it. @throws Error when it does not start */
export function sharedBrokers(): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(inject('kafkaPort'), '127.0.0.1');
    socket.on('error', reject);
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('end', () => (answer.startsWith('!') ? reject(new Error(answer.slice(2))) : resolve(answer)));
  });
}
