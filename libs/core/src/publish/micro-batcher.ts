import type { Timer } from '../time/clock.js';
import { within } from '../time/clock.js';
import { PendingEvent, publishError, type Draft } from './pending-event.js';
import type { Receipt } from './receipt.js';
import { TopicRoute, type RoutePorts } from './topic-route.js';

/** What a {@link MicroBatcher} needs; what its routes tell it about topics is its own. */
export type BatcherPorts = Omit<RoutePorts, 'onUnknownTopic'>;

/**
 * Brings drafts to the transport, many at a time, and each caller its own receipt. One lane per topic-partition, so that
 * events of a key stay in the order of the calls; a bound on all that waits, in number, bytes and time.
 */
export class MicroBatcher {
  private readonly routes = new Map<string, TopicRoute>();
  private readonly routePorts: RoutePorts;
  private alarm: Timer | undefined;

  constructor(private readonly ports: BatcherPorts) {
    this.routePorts = { ...ports, onUnknownTopic: (topic) => this.routes.get(topic)?.forget() };
  }

  /** Resolves when the event is durable. @throws PublishError (as a rejection) */
  send(draft: Draft): Promise<Receipt> {
    const { ledger, timeoutMs } = this.ports;
    const wave = ledger.accept(draft.bytes);
    if (typeof wave === 'string') {
      const fix =
        'Publish no faster than the broker takes it (await what you publish), find out why it does not, or raise the limit.';
      const error = publishError(draft, 'TRAMLINE_BUFFER_FULL', 'not-written', `${wave}. ${fix}`);
      ledger.failed(draft, error);
      return Promise.reject(error);
    }
    return new Promise((resolve, reject) => {
      const deadline = draft.startedAt + timeoutMs;
      this.routeTo(draft.topic).push(new PendingEvent(draft, deadline, wave, ledger, resolve, reject));
      this.alarm ??= this.ports.clock.setTimer(timeoutMs, () => this.expire());
    });
  }

  /** Resolves when every event accepted so far is settled; never rejects. */
  flush(): Promise<void> {
    return this.ports.ledger.settled();
  }

  /** As {@link flush}, but at most `patienceMs`; then what is left is rejected. Nothing may be sent any more. */
  async close(patienceMs: number): Promise<void> {
    await within(this.ports.clock, patienceMs, this.flush());
    for (const route of this.routes.values()) route.abandon();
    this.alarm?.cancel();
  }

  private routeTo(topic: string): TopicRoute {
    let route = this.routes.get(topic);
    if (!route) this.routes.set(topic, (route = new TopicRoute(topic, this.routePorts)));
    return route;
  }

  /** One timer for all events: deadlines come in the order of the calls. */
  private expire(): void {
    const now = this.ports.clock.monotonic();
    let next = Infinity;
    for (const route of this.routes.values()) next = Math.min(next, route.expire(now));
    this.alarm = next === Infinity ? undefined : this.ports.clock.setTimer(next - now, () => this.expire());
  }
}
