import { person, type Person } from '../../sample/support/sample-client.ts';

/** Somebody who got the answer 201. */
export interface Registration {
  readonly userId: string;
  readonly person: Person;
  /** When the answer came, milliseconds since 1970. */
  readonly at: number;
}

/** How often people come, those that are due all at once. */
const EVERY_MS = 20;
const PATIENCE_MS = 20_000;
/** Who comes while so many wait for an answer goes away again: nobody queues up before a door that is shut. */
const MOST_AT_ONCE = 400;

/** People who register at a steady rate, whether or not those before them got an answer. */
export class Registering {
  /** In the order of their answers. */
  readonly registered: Registration[] = [];
  /** People a second. */
  rate = 0;
  private readonly doors: readonly string[];
  private readonly pending = new Set<Promise<void>>();
  private readonly timer: NodeJS.Timeout;
  private count = 0;
  private due = 0;
  private last = performance.now();

  /** @param doors - addresses of registration services, used in turn */
  constructor(doors: readonly string[]) {
    this.doors = doors;
    this.timer = setInterval(() => this.send(), EVERY_MS);
  }

  /** Nobody else comes; resolves when everybody knows where they stand. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.pending);
  }

  private send(): void {
    const now = performance.now();
    this.due += ((now - this.last) * this.rate) / 1_000;
    this.last = now;
    for (; this.due >= 1; this.due--) {
      if (this.pending.size >= MOST_AT_ONCE) continue;
      const registering = this.register(person(this.count++)).finally(() => this.pending.delete(registering));
      this.pending.add(registering);
    }
  }

  private async register(somebody: Person): Promise<void> {
    const door = this.doors[this.count % this.doors.length]!;
    try {
      const response = await fetch(`${door}/users`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(somebody),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      const body = (await response.json()) as { userId: string };
      if (response.status !== 201) return;
      this.registered.push({ userId: body.userId, person: somebody, at: Date.now() });
    } catch {
      // No answer: the tables say whether it was committed.
    }
  }
}
