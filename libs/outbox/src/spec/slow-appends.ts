import { sleep, type Clock, type TopicPartition, type Tramline } from '@tramline/core';

/** From now on what this bus appends reaches the broker so many milliseconds later; `of` says in which partitions. */
export function slowAppends(
  { transport }: Tramline,
  clock: Clock,
  ms: number,
  of: (target: TopicPartition) => boolean = () => true,
): void {
  const append = transport.append.bind(transport);
  transport.append = async (target, ...rest) => {
    if (of(target)) await sleep(clock, ms);
    return append(target, ...rest);
  };
}
