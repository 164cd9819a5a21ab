/** Questions that are asked together: so many that nobody waits for each answer, so few that no broker is flooded. */
const TOGETHER = 32;

/** Maps in order, some at a time: a cluster may have ten thousand topics, or groups. */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += TOGETHER)
    results.push(...(await Promise.all(items.slice(from, from + TOGETHER).map(work))));
  return results;
}
