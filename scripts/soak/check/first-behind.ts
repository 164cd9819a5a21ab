/** Which place an event has in its key: committed as the key's `count`-th. */
export interface Place {
  readonly key: string;
  readonly count: number;
}

/** An event that appeared first behind a later one of its key. */
export interface Behind extends Place {
  readonly eventId: string;
  /** The latest of its key that had appeared by then. */
  readonly before: number;
}

/** First appearances alone that are out of the order of commit: repeats may trail. Events without a place are passed over. */
export function* firstBehind(
  appearances: readonly { readonly eventId: string }[],
  committed: readonly (Place & { readonly eventId: string })[],
): Generator<Behind> {
  const places = new Map(committed.map(({ eventId, key, count }) => [eventId, { key, count }]));
  const seen = new Set<string>();
  const last = new Map<string, number>();
  for (const { eventId } of appearances) {
    const place = places.get(eventId);
    if (!place || seen.has(eventId)) continue;
    seen.add(eventId);
    const before = last.get(place.key) ?? 0;
    if (place.count < before) yield { eventId, ...place, before };
    last.set(place.key, Math.max(before, place.count));
  }
}
