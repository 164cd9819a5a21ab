/** Latencies of one stretch of time, milliseconds. */
export interface Percentiles {
  readonly rows: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** @param latencies - is sorted by it */
export function percentiles(latencies: number[]): Percentiles {
  latencies.sort((a, b) => a - b);
  const at = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return { rows: latencies.length, p50: at(0.5), p99: at(0.99), max: latencies.at(-1) ?? 0 };
}
