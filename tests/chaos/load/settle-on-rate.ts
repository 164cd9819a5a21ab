import { setTimeout as pause } from 'node:timers/promises';
import { CpuMeter } from './cpu.ts';
import type { Registering } from './registering.ts';
import { findSteadyRate, type Trial } from './steady-rate.ts';

/**
 * Compilers and pools need some work before they are as quick as they will be: a third of the CPU goes into that at first, and the
 * brokers' compiler takes a minute and a half. A rate that is given need not be found, and waits for pools alone.
 */
const WARM_UP = { rate: 40, ms: 110_000 };
const SHORT_WARM_UP_MS = 25_000;
const SETTLE_MS = 1_500;
const MEASURE_MS = 6_000;

/** Leaves people coming at a rate: the one that is given, or else the highest that leaves a quarter of the CPU free. */
export async function settleOnRate(
  registering: Registering,
  given: number | undefined,
  say: (line: string) => void,
): Promise<Trial> {
  const meter = new CpuMeter();
  const measure = async (rate: number) => {
    registering.rate = rate;
    await pause(SETTLE_MS);
    meter.busy();
    await pause(MEASURE_MS);
    const busy = meter.busy();
    say(`${rate} registrations a second: ${Math.round(busy * 100)} % of the CPU in use`);
    return busy;
  };
  registering.rate = given ?? WARM_UP.rate;
  await pause(given === undefined ? WARM_UP.ms : SHORT_WARM_UP_MS);
  const trial =
    given === undefined
      ? await findSteadyRate(await measure(0), measure)
      : { rate: given, busy: await measure(given) };
  registering.rate = trial.rate;
  return trial;
}
