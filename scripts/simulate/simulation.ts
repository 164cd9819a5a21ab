import type { Violation } from './oracle/trace.ts';

/** What one run came to. */
export interface Outcome {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** Equal for equal runs. */
  readonly hash: string;
  readonly trace: readonly string[];
}

/** What every step has, whatever is simulated. */
export interface AnyStep {
  readonly after: number;
  readonly kind: string;
}

/** One thing that can be simulated by seed. */
export interface Simulation<Step extends AnyStep = AnyStep> {
  readonly schedule: (seed: number) => readonly Step[];
  /** @param steps - a part of the seed's schedule. Default: all of it. */
  readonly run: (seed: number, steps?: readonly Step[]) => Promise<Outcome>;
}

/** `runtime`: publisher, consumer runtime, failure engine. `outbox`: writers and relays over the model store. */
export const SIMULATIONS = ['runtime', 'outbox'] as const;
export type SimulationName = (typeof SIMULATIONS)[number];

/** Loads it now: a planted bug must be there before. */
export async function loadSimulation(name: SimulationName): Promise<Simulation> {
  const [{ simulate }, { drawSchedule }] =
    name === 'runtime'
      ? await Promise.all([import('./simulate.ts'), import('./scenario/draw-schedule.ts')])
      : await Promise.all([import('./outbox/simulate.ts'), import('./outbox/scenario/draw-schedule.ts')]);
  // The steps that a simulation is given are those that it has drawn.
  return { schedule: drawSchedule, run: simulate as Simulation['run'] };
}

export function describeStep(step: AnyStep): string {
  const { kind, after, ...rest } = step;
  const parts = Object.entries(rest).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${String(value as string | number | boolean)}`],
  );
  return `+${after}ms ${[kind, ...parts].join(' ')}`;
}
