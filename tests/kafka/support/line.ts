import type { Socket } from 'node:net';

/** One direction of a connection: what comes from one socket goes to the other, in order, however late. */
export class Line {
  private readonly waiting: Buffer[] = [];
  private lastDue = 0;
  private readonly to: Socket;
  private readonly delayMs: () => number;

  /** @param delayMs - how late what comes now is to leave, asked each time; 0: at once */
  constructor(from: Socket, to: Socket, touch: (bytes: Buffer) => void, delayMs: () => number) {
    this.to = to;
    this.delayMs = delayMs;
    from.on('data', (bytes: Buffer) => {
      touch(bytes);
      this.carry(bytes);
    });
    from.on('close', () => to.destroy());
  }

  private carry(bytes: Buffer): void {
    const now = performance.now();
    const due = Math.max(this.lastDue, now + this.delayMs());
    if (due <= now && this.waiting.length === 0) {
      this.to.write(bytes);
      return;
    }
    this.lastDue = due;
    this.waiting.push(bytes);
    // Timers may fire in another order than they were set: each lets the oldest go.
    setTimeout(() => this.to.write(this.waiting.shift()!), due - now);
  }
}
