import { join } from 'node:path';
import { freePorts } from '../../sample/support/ports.ts';
import { ROOT } from '../../sample/support/sample-system.ts';
import { Service } from './service.ts';

/** Two of each; a relay works beside those within the services. */
export const KINDS = ['registration', 'sms', 'email', 'points', 'witness', 'relay'] as const;
export type Kind = (typeof KINDS)[number];
const EACH = 2;

/** Where services find what they use. */
export interface Surroundings {
  readonly folder: string;
  readonly brokers: string;
  readonly sampleUrl: string;
  readonly witnessUrl: string;
  /** Of the world outside: its SMS gateway, and whom witnesses tell. */
  readonly outside: string;
}

/** What the next version of a service is told that the present one is not. */
export const NEXT_VERSION: Readonly<Record<Kind, NodeJS.ProcessEnv>> = {
  registration: {},
  sms: { SMS_RETRY_DELAYS: '4s,15s,1m,10m' },
  email: {},
  points: {},
  witness: { WITNESS_VERSION: 'new' },
  relay: {},
};

/** While it is there, witnesses write nothing new. */
export function restFile(folder: string): string {
  return join(folder, 'rest');
}

export async function placeServices(surroundings: Surroundings): Promise<Service[]> {
  const first = await freePorts(KINDS.length * EACH);
  return KINDS.flatMap((kind, place) =>
    Array.from({ length: EACH }, (_, index) => {
      const name = `${kind}-${index + 1}`;
      const entry =
        kind === 'witness' || kind === 'relay'
          ? join(import.meta.dirname, 'processes', `${kind}.ts`)
          : join(ROOT, 'apps', kind, 'dist', 'main.js');
      const port = first + EACH * place + index;
      const heapFile = join(surroundings.folder, `${name}.heap`);
      return new Service({ kind, name, entry, port, heapFile, env: environment(kind, surroundings) });
    }),
  );
}

function environment(kind: Kind, { folder, brokers, sampleUrl, witnessUrl, outside }: Surroundings) {
  return {
    // They start often.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
    TRAMLINE_TRANSPORT: 'kafka',
    KAFKA_BROKERS: brokers,
    TRAMLINE_DATA: folder,
    DATABASE_URL: kind === 'witness' ? witnessUrl : sampleUrl,
    SMS_GATEWAY_URL: `${outside}/gateway`,
    SMS_RETRY_DELAYS: '5s,20s,1m,10m',
    STEPS_URL: `${outside}/steps`,
    REST_FILE: restFile(folder),
    RELAY_SCHEMA: 'registration',
  };
}
