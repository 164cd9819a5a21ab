/** How often a consumer looks whether its topics gained partitions, and whether missing ones appeared, milliseconds. */
export function watchIntervalMs(someMissing: boolean): number {
  return someMissing ? 1_000 : 5_000;
}
