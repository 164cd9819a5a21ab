import { readdirSync } from 'node:fs';
import type { ChaosWorld } from '../world/chaos-world.ts';

/** What one life of a process holds at some moment. */
export interface Sample {
  /** In use after everything unused was collected. */
  readonly bytes: number;
  /** Open file handles, sockets among them. */
  readonly handles: number;
}

/** A life of a process, as it was looked at between faults, the first time when it had warmed up. */
export interface Life {
  readonly name: string;
  readonly samples: Sample[];
}

const WARM_AFTER_MS = 15_000;
/** Below so many looks nothing can be said. */
const LEAST_SAMPLES = 3;
/** A process that fills caches and pools may grow so much once. */
const SPARE = { share: 0.4, bytes: 16_000_000, handles: 16 };

/** Watches what processes hold, and how many connections there are. */
export class Growth {
  readonly lives = new Map<string, Life>();
  readonly connections: { readonly brokers: number; readonly database: number }[] = [];
  private readonly world: ChaosWorld;

  constructor(world: ChaosWorld) {
    this.world = world;
  }

  /** At a moment at which nothing is held, and everybody is there. */
  async look(): Promise<void> {
    const { services, brokers, database } = this.world;
    for (const service of services) {
      if (performance.now() - service.began < WARM_AFTER_MS || service.pid === undefined) continue;
      const name = service.name;
      const id = `${name} ${service.began}`;
      const life = this.lives.get(id) ?? { name, samples: [] };
      this.lives.set(id, life);
      const handles = readdirSync(`/proc/${service.pid}/fd`).length;
      life.samples.push({ bytes: await service.liveBytes(), handles });
    }
    this.connections.push({ brokers: brokers.connections, database: database.connections });
  }

  /** @returns what grew, a sentence each */
  violations(): string[] {
    return [...[...this.lives.values()].flatMap(grown), ...connectionsGrown(this.connections)];
  }
}

export function grown({ name, samples }: Life): string[] {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || samples.length < LEAST_SAMPLES) return [];
  const found: string[] = [];
  if (last.bytes > first.bytes * (1 + SPARE.share) + SPARE.bytes)
    found.push(`${name} grew from ${megabytes(first.bytes)} to ${megabytes(last.bytes)} in use`);
  if (last.handles > first.handles + SPARE.handles)
    found.push(`${name} grew from ${first.handles} to ${last.handles} open handles`);
  return found;
}

function connectionsGrown(connections: Growth['connections']): string[] {
  const [first, last] = [connections[0], connections.at(-1)];
  if (!first || !last) return [];
  return (['brokers', 'database'] as const).flatMap((to) =>
    last[to] > first[to] * (1 + SPARE.share) + SPARE.handles
      ? [`connections to the ${to} grew from ${first[to]} to ${last[to]}`]
      : [],
  );
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
