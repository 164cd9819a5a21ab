import { setTimeout as pause } from 'node:timers/promises';
import { collect } from './checker/collect.ts';
import { onItsWay } from './checker/at-rest.ts';
import { enough, type Written } from './checker/enough.ts';
import { Growth } from './checker/growth.ts';
import { Recovery } from './checker/recovery.ts';
import { verify } from './checker/verify.ts';
import { injectFaults, type InjectedFault } from './faults/inject.ts';
import { FAMILIES } from './faults/plan.ts';
import type { Poisoned } from './checker/poisoned.ts';
import type { Found, Violation } from './checker/found.ts';
import type { Stretch } from './faults/fault.ts';
import { CpuMeter } from './load/cpu.ts';
import { Registering } from './load/registering.ts';
import { settleOnRate } from './load/settle-on-rate.ts';
import type { Trial } from './load/steady-rate.ts';
import { stepsPerSecond } from './load/steps.ts';
import type { ChaosOptions } from './options.ts';
import { ChaosWorld } from './world/chaos-world.ts';
import { rest } from './world/rest.ts';

/** What a run saw. */
export interface ChaosReport {
  readonly seed: number;
  readonly minutes: number;
  readonly load: Trial;
  /** Share of the CPU in use while faults were injected, their restarts included. */
  readonly busy: number;
  /** Answers 201 while faults were injected. */
  readonly registrations: number;
  readonly faults: readonly InjectedFault[];
  readonly deployments: readonly Stretch[];
  /** From the end of the last fault until nothing was on its way. Undefined: it took too long. */
  readonly restMs: number | undefined;
  readonly growth: Growth;
  readonly repeatedSms: number;
  readonly found: Found;
  readonly violations: readonly Violation[];
}

/** All lag must be gone within this time after the last fault. */
const REST_MS = 60_000;
/** A run of so many minutes has one fault of each family at least, and lasts longer where the machine is slow. */
const ROUND_MINUTES = 3;
/** How long before the end the last fault may begin. */
const LAST_FAULT_MS = 20_000;

/** Starts everything, finds the rate, makes trouble, waits for rest, checks. @param say - told what happens, in words */
export async function runChaos(options: ChaosOptions, say: (line: string) => void): Promise<ChaosReport> {
  say(`seed ${options.seed}: starting three brokers, PostgreSQL and two processes of each service`);
  const world = await ChaosWorld.start();
  const interrupted = () => void world.close().finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const registering = new Registering(world.of('registration').map(({ url }) => url));
  try {
    const load = await settleOnRate(registering, options.rate, say);
    const growth = new Growth(world);
    const recovery = new Recovery(world, registering);
    const [poisoned, deployments, seen]: [Poisoned[], Stretch[], Violation[]] = [[], [], []];
    const before = await writtenSoFar(world, registering);
    const meter = new CpuMeter();
    const began = performance.now();
    const endsAt = began + options.minutes * 60_000;
    const least = options.minutes >= ROUND_MINUTES ? FAMILIES.length : 0;
    const scene = { world, poisoned, deployments, violations: seen };
    const until = endsAt - LAST_FAULT_MS;
    const faults = await injectFaults(options.seed, until, least, scene, recovery, growth, say);
    if (seen.length === 0) await pause(Math.max(0, endsAt - performance.now()));
    const busy = meter.busy();
    const after = await writtenSoFar(world, registering);
    const registrations = after.registrations - before.registrations;
    const seconds = (performance.now() - began) / 1_000;
    await registering.end();
    say(`${registrations} registrations in ${Math.round(seconds)} s; waiting until nothing is on its way`);
    const last = faults.at(-1);
    const restMs = await rest(world, last ? last.at + last.lastedMs : Date.now(), REST_MS);
    await growth.look();
    const found = await collect(world, registering.registered, poisoned);
    const expected = {
      seconds,
      registrationsPerSecond: load.rate,
      stepsPerSecond: stepsPerSecond(world.of('witness').length),
    };
    const violations: Violation[] = [
      ...seen,
      ...world.fallen().filter(({ text }) => !seen.some((one) => one.text === text)),
      ...growth.violations().map((text) => ({ text })),
      ...(restMs === undefined ? await stillOnItsWay(world) : []),
      ...enough({ registrations, steps: after.steps - before.steps }, expected),
      ...verify(found),
    ];
    const { repeatedSms } = world.outside;
    const { seed, minutes } = options;
    return {
      ...{ seed, minutes, load, busy, registrations, faults, deployments, restMs, growth, repeatedSms },
      ...{ found, violations },
    };
  } finally {
    await registering.end();
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await world.close();
  }
}

async function writtenSoFar(world: ChaosWorld, { registered }: Registering): Promise<Written> {
  const { rows } = await world.database.witness.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM users',
  );
  return { registrations: registered.length, steps: rows[0]!.count };
}

async function stillOnItsWay(world: ChaosWorld): Promise<Violation[]> {
  const amounts = [...(await onItsWay(world))].map(([what, amount]) => `${what} ${amount}`).join(', ');
  const text = `not everything was done ${REST_MS / 1_000} s after the last fault: ${amounts || 'it is now'}`;
  return [{ text }];
}
