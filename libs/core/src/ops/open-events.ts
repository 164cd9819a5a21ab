import { decodeOffsetMap } from '../consume/offset-map.js';
import { partitionName } from '../transport/records.js';
import type { FoundEvent } from './found-events.js';
import { originOfStep, type GroupStep } from './group-step.js';
import type { OpsPorts } from './ports.js';

/** Events that are not done yet and are still looked after; beyond, the oldest are let go of. */
const MOST = 10_000;

/** A record in a topic of events or in a tier, until the group has committed it. */
interface Open {
  readonly event: FoundEvent;
  readonly origin: string;
  /** Whose copy it is; null: it is the event itself. */
  readonly handlerId: string | null;
  /** Committed when it was looked at last; told next time, when a copy in a tier has been seen too, if there is one. */
  left: boolean;
}

type Done = Extract<GroupStep, { kind: 'done' }>;

/** Tells which of the events that were seen the group is through with. */
export class OpenEvents {
  private readonly open = new Map<string, Open>();
  /** By origin and handler: the newest copy. */
  private readonly copies = new Map<string, Map<string, string>>();

  constructor(
    private readonly ports: OpsPorts,
    private readonly group: string,
  ) {}

  note(step: GroupStep): void {
    if (step.kind === 'done') return;
    const { event } = step;
    const origin = originOfStep(step);
    const place = `${partitionName(event)}/${event.offset}`;
    const handlerId =
      step.kind === 'waiting' ? step.handlerId : step.kind === 'dead' ? step.letter.handlerId : null;
    if (handlerId !== null) {
      const handlers = this.copies.get(origin) ?? new Map<string, string>();
      this.copies.set(origin, handlers.set(handlerId, place));
    }
    if (step.kind === 'dead') return;
    this.open.set(place, { event, origin, handlerId, left: false });
    if (this.open.size > MOST) this.open.delete(this.open.keys().next().value!);
  }

  /** Looks at the group's commits. @param atOnce - everything that was written has been seen */
  async look(atOnce = false): Promise<Done[]> {
    const isDone = await this.commits();
    const done: Done[] = [];
    for (const [place, one] of this.open) {
      if (!isDone(one.event)) continue;
      if (!one.left && !atOnce) {
        one.left = true;
        continue;
      }
      const copies = this.copies.get(one.origin) ?? new Map<string, string>();
      // A copy that was written after this one goes on in its place.
      const replaced = one.handlerId !== null && copies.get(one.handlerId) !== place;
      if (!replaced) {
        const left = one.handlerId === null ? [...copies.keys()] : [];
        done.push({ kind: 'done', event: one.event, handlerId: one.handlerId, left });
      }
      this.open.delete(place);
      if (one.handlerId !== null && !replaced) copies.delete(one.handlerId);
    }
    this.sweep();
    return done;
  }

  private async commits(): Promise<(event: FoundEvent) => boolean> {
    const { transport, naming } = this.ports;
    const topics = [...new Set(Array.from(this.open.values(), ({ event }) => event.topic))];
    if (topics.length === 0) return () => false;
    const committed = await transport.groups.committed(naming.group(this.group), topics);
    const found = new Map(
      committed.map((entry) => [
        partitionName(entry),
        {
          offset: entry.offset,
          above: decodeOffsetMap(entry.offset, entry.metadata, Number.MAX_SAFE_INTEGER),
        },
      ]),
    );
    return (event) => {
      const entry = found.get(partitionName(event));
      if (!entry) return false;
      return (
        event.offset < entry.offset ||
        entry.above.some(({ from, to }) => event.offset >= from && event.offset < to)
      );
    };
  }

  /** Copies of events that nothing is open of are of no further use. */
  private sweep(): void {
    if (this.copies.size < MOST) return;
    const origins = new Set(Array.from(this.open.values(), ({ origin }) => origin));
    for (const origin of this.copies.keys()) if (!origins.has(origin)) this.copies.delete(origin);
  }
}
