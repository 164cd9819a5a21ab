import { connect } from 'node:net';
import { startKafka } from '../kafka/start.ts';
import type { Transport } from './options.ts';
import type { Output } from './output.ts';

/** How long we look whether a broker is there, in milliseconds. */
const LOOK_WITHIN = 2_000;

/** What carries the events of this run. */
export interface Carrier {
  /** What services are told of it. */
  readonly env: NodeJS.ProcessEnv;
  /** Stops what we started. To be called once every service is gone: they commit while they stop. */
  stop(): Promise<void>;
}

/** @throws Error that says how to get a broker, when one is wanted and there is no way */
export async function openCarrier(transport: Transport, out: Output): Promise<Carrier> {
  if (transport.name === 'embedded') return { env: { TRAMLINE_TRANSPORT: 'embedded' }, stop: async () => {} };
  if (transport.brokers === 'own') {
    out.say('Starting Kafka …');
    const kafka = await startKafka();
    const brokers = kafka.addresses.join(',');
    out.say(`Kafka (${kafka.origin}) is ready at ${brokers}`);
    return { env: environment(brokers), stop: () => kafka.stop() };
  }
  const { brokers } = transport;
  if (!(await someoneListens(brokers))) {
    out.say(`No broker answers at ${brokers}: the services wait for it. npm run kafka starts one.`);
  }
  return { env: environment(brokers), stop: async () => {} };
}

function environment(brokers: string): NodeJS.ProcessEnv {
  return { TRAMLINE_TRANSPORT: 'kafka', KAFKA_BROKERS: brokers };
}

async function someoneListens(brokers: string): Promise<boolean> {
  const tries = brokers.split(',').map((address) => listens(address.trim()));
  return (await Promise.all(tries)).some(Boolean);
}

function listens(address: string): Promise<boolean> {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  return new Promise((settle) => {
    const socket = connect(Number(address.slice(colon + 1)), host);
    const end = (answer: boolean) => {
      socket.destroy();
      settle(answer);
    };
    socket.setTimeout(LOOK_WITHIN, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
