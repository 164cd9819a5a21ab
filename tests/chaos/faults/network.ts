import { setTimeout as pause } from 'node:timers/promises';
import type { Proxy } from '../../kafka/support/proxy.ts';
import { between, oneOf, type Family, type Fault, type Scene } from './fault.ts';

type Where = (scene: Scene) => readonly Proxy[];
const allBrokers: Where = ({ world }) => world.brokers.proxies;
const oneBroker: Where = (scene) => [oneOf(scene, scene.world.brokers.proxies)];
const database: Where = ({ world }) => [world.database.proxy];

function on(
  name: string,
  where: Where,
  [least, most]: readonly [number, number],
  begin: (proxy: Proxy, scene: Scene) => void,
  end: (proxy: Proxy) => void,
): Fault {
  return {
    name,
    async inject(scene) {
      const proxies = where(scene);
      for (const proxy of proxies) begin(proxy, scene);
      await pause(between(scene, least, most));
      for (const proxy of proxies) end(proxy);
    },
  };
}

const cut = (name: string, where: Where, length: readonly [number, number]) =>
  on(
    `cut ${name}`,
    where,
    length,
    (proxy) => proxy.cut(),
    (proxy) => proxy.mend(),
  );

/** Connections stay open, and nothing comes. */
const stall = (name: string, where: Where, length: readonly [number, number]) =>
  on(
    `stall ${name}`,
    where,
    length,
    (proxy) => proxy.hold(),
    (proxy) => proxy.release(),
  );

const slow = (name: string, where: Where, [least, most]: readonly [number, number]) =>
  on(
    `slow ${name}`,
    where,
    [8_000, 10_000],
    (proxy, scene) => (proxy.delayMs = between(scene, least, most)),
    (proxy) => (proxy.delayMs = 0),
  );

export const CUTS: Family = [
  cut('all brokers', allBrokers, [2_000, 6_000]),
  cut('PostgreSQL', database, [1_000, 4_000]),
  cut('one broker', oneBroker, [2_000, 12_000]),
];

export const STALLS: Family = [
  stall('one broker', oneBroker, [4_000, 14_000]),
  stall('PostgreSQL', database, [2_000, 6_000]),
  stall('all brokers', allBrokers, [4_000, 10_000]),
];

export const SLOWNESS: Family = [
  slow('brokers', allBrokers, [20, 150]),
  slow('PostgreSQL', database, [2, 15]),
];
