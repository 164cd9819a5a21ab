import type { Order } from '../processes/messages.ts';

/** How often a part of the numbers is handed out, all of it at once: so writers crowd, also when there is much time. */
const EVERY_MS = 250;

/** Hands the numbers of all users to whatever process registers them, until each is settled. */
export class Registering {
  readonly total: number;
  private readonly spreadMs: number;
  private readonly send: (order: Order) => void;
  private readonly open = new Set<number>();
  private handedOut = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(total: number, spreadMs: number, send: (order: Order) => void) {
    this.total = total;
    this.spreadMs = spreadMs;
    this.send = send;
  }

  get settled(): number {
    return this.handedOut - this.open.size;
  }

  get finished(): boolean {
    return this.settled === this.total;
  }

  begin(): void {
    const began = performance.now();
    const step = () => {
      const share = this.spreadMs === 0 ? 1 : (performance.now() - began + EVERY_MS) / this.spreadMs;
      this.handOut(Math.min(this.total, Math.ceil(share * this.total)));
      if (this.handedOut === this.total) this.end();
    };
    this.timer = setInterval(step, EVERY_MS);
    step();
  }

  settle(number: number): void {
    this.open.delete(number);
  }

  /** Another process writes now: it is told what the one before did not settle, or settled without saying so. */
  again(): void {
    this.send({ register: [...this.open] });
  }

  end(): void {
    clearInterval(this.timer);
  }

  private handOut(upTo: number): void {
    const register: number[] = [];
    for (; this.handedOut < upTo; this.handedOut++) {
      register.push(this.handedOut);
      this.open.add(this.handedOut);
    }
    if (register.length > 0) this.send({ register });
  }
}
