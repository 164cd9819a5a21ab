/** Who comes waits until `count` have come; those after them pass. */
export function meetingOf(count: number): () => Promise<void> {
  const met = Promise.withResolvers<void>();
  let come = 0;
  return () => {
    if (++come === count) met.resolve();
    return met.promise;
  };
}
