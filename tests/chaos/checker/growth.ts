import { readdirSync } from 'node:fs';
import type { ChaosWorld } from '../world/chaos-world.ts';
import { clientsOf } from '../world/clients-of.ts';

/** What one life of a process holds at some moment. */
export interface Sample {
  /** In use after everything unused was collected. */
  readonly bytes: number;
  /** Open file handles, sockets among them, but for connections that clients hold open: those follow the load. */
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
const SPARE = { share: 0.4, bytes: 16_000_000, handles: 12 };

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
      const open = readdirSync(`/proc/${service.pid}/fd`).length;
      const handles = open - clientsOf(Number(new URL(service.url).port));
      life.samples.push({ bytes: await service.liveBytes(), handles });
    }
    this.connections.push({ brokers: brokers.connections, database: database.connections });
  }

  /** @returns what grew, a sentence each */
  violations(): string[] {
    const lives = [...this.lives.values()];
    const unseen =
      this.connections.length >= 2 * LEAST_SAMPLES &&
      !lives.some(({ samples }) => samples.length >= LEAST_SAMPLES);
    return [
      ...lives.flatMap(grown),
      ...connectionsGrown(this.connections),
      ...(unseen ? ['no process lived long enough to tell whether it grows'] : []),
    ];
  }
}

/** A leak never goes down again: what counts is the least that was seen in each half. */
export function grown({ name, samples }: Life): string[] {
  if (samples.length < LEAST_SAMPLES) return [];
  const found: string[] = [];
  const bytes = leastOfHalves(samples.map((sample) => sample.bytes));
  if (bytes.later > bytes.first * (1 + SPARE.share) + SPARE.bytes)
    found.push(`${name} grew from ${megabytes(bytes.first)} to ${megabytes(bytes.later)} in use`);
  const handles = samples.map((sample) => sample.handles);
  const { first, later } = leastOfHalves(handles);
  if (later > first + SPARE.handles)
    found.push(`${name} grew from ${first} to ${later} open handles: ${handles.join(', ')}`);
  return found;
}

/** All connections together: a process that is new has as many as the one before. */
export function connectionsGrown(connections: Growth['connections']): string[] {
  if (connections.length < LEAST_SAMPLES) return [];
  return (['brokers', 'database'] as const).flatMap((to) => {
    const { first, later } = leastOfHalves(connections.map((counts) => counts[to]));
    return later > first * (1 + SPARE.share) + SPARE.handles
      ? [`connections to the ${to} grew from ${first} to ${later}`]
      : [];
  });
}

function leastOfHalves(amounts: readonly number[]): { readonly first: number; readonly later: number } {
  const middle = Math.floor(amounts.length / 2);
  return { first: Math.min(...amounts.slice(0, middle)), later: Math.min(...amounts.slice(middle)) };
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
