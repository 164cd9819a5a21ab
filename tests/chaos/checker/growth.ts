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
const LEAST_SAMPLES = 4;
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

/** A leak never goes down again: what counts is the least that was seen in the later half. */
export function grown({ name, samples }: Life): string[] {
  const first = samples[0];
  if (!first || samples.length < LEAST_SAMPLES) return [];
  const found: string[] = [];
  const bytes = leastOfLater(samples.map((sample) => sample.bytes));
  if (bytes > first.bytes * (1 + SPARE.share) + SPARE.bytes)
    found.push(`${name} grew from ${megabytes(first.bytes)} to ${megabytes(bytes)} in use`);
  const handles = leastOfLater(samples.map((sample) => sample.handles));
  if (handles > first.handles + SPARE.handles)
    found.push(`${name} grew from ${first.handles} to ${handles} open handles`);
  return found;
}

function connectionsGrown(connections: Growth['connections']): string[] {
  const first = connections[0];
  if (!first || connections.length < LEAST_SAMPLES) return [];
  return (['brokers', 'database'] as const).flatMap((to) => {
    const later = leastOfLater(connections.map((counts) => counts[to]));
    return later > first[to] * (1 + SPARE.share) + SPARE.handles
      ? [`connections to the ${to} grew from ${first[to]} to ${later}`]
      : [];
  });
}

function leastOfLater(amounts: readonly number[]): number {
  return Math.min(...amounts.slice(Math.floor(amounts.length / 2)));
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
