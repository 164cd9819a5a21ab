/** A duration as people read it: `850 ms`, `12.3 s`, `4 min 10 s`, `3 h 5 min`, `12 d 4 h`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(Math.floor(ms / 100) / 10).toString()} s`;
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 3_600) return two(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1_440) return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.floor(minutes / 60);
  return two(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

const two = (first: number, unit: string, second: number, smaller: string): string =>
  second === 0 ? `${first} ${unit}` : `${first} ${unit} ${second} ${smaller}`;

/** A point in time, in UTC and sortable. */
export const instant = (ms: number): string => new Date(ms).toISOString();
