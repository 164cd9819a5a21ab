import { monotonic } from '../run/monotonic.ts';
import { Arrivals } from './arrivals.ts';
import type { Order } from './order.ts';
import type { Came, ReceiverSettings } from './outbox-work.ts';

/** Notes what came, and when. */
export class Receiver {
  private readonly arrivals: Arrivals;
  private readonly cameAt: Float64Array;

  constructor({ total, inOrder }: Pick<ReceiverSettings, 'total' | 'inOrder'>) {
    this.arrivals = new Arrivals(total, inOrder);
    this.cameAt = new Float64Array(total);
  }

  take(order: Pick<Order, 'account' | 'number'>): void {
    this.cameAt[order.number] = monotonic();
    this.arrivals.saw(order);
  }

  /** As `Arrivals.faults`. */
  get faults(): string | undefined {
    return this.arrivals.faults;
  }

  /** When `count` have come, or no more come. */
  async came(count: number): Promise<Came> {
    const at = await this.arrivals.until(count);
    return { at, outOfOrder: this.arrivals.outOfOrder, cameAt: [...this.cameAt] };
  }
}
