import type {
  Clock,
  ConsumeListener,
  Timer,
  Transport,
  TransportEnvironment,
  TransportProvider,
} from '@tramline/core';

/** What `open` answered, and how to end it without a word. */
interface Life {
  readonly clock: MortalClock;
  dead: boolean;
}

/**
 * Opens transports that can crash within this process: their clock stands still, so that heartbeats end, and their
 * listeners hear nothing more. Real kills of real processes are tried in processes.spec.ts.
 */
export class MortalProvider implements TransportProvider {
  readonly name: string;
  private readonly lives = new Map<Transport, Life>();
  private readonly provider: TransportProvider;

  constructor(provider: TransportProvider) {
    this.provider = provider;
    this.name = provider.name;
  }

  open(environment: TransportEnvironment): Transport {
    const clock = new MortalClock(environment.clock);
    const transport = this.provider.open({ ...environment, clock });
    const life: Life = { clock, dead: false };
    this.lives.set(transport, life);
    const consume = transport.consume.bind(transport);
    transport.consume = (options, listener) => consume(options, mortalListener(listener, life));
    return transport;
  }

  crash(transport: Transport): void {
    const life = this.lives.get(transport)!;
    life.dead = true;
    life.clock.freeze();
  }

  /** Frees what the dead left behind. */
  async bury(): Promise<void> {
    for (const [transport, { clock, dead }] of this.lives) {
      clock.thaw();
      if (dead) await transport.close();
    }
  }
}

function mortalListener(listener: ConsumeListener, life: Life): ConsumeListener {
  const never = new Promise<never>(() => {});
  return {
    assigned: (partitions) => (life.dead ? never : listener.assigned(partitions)),
    revoked: async (partitions) => (life.dead ? undefined : listener.revoked(partitions)),
    lost: (partitions) => (life.dead ? undefined : listener.lost(partitions)),
    records: (batch) => (life.dead ? never : listener.records(batch)),
    outOfRange: (partition, position) => (life.dead ? undefined : listener.outOfRange(partition, position)),
    status: (status) => (life.dead ? undefined : listener.status(status)),
  };
}

class MortalClock implements Clock {
  private frozen = false;
  private readonly waiting: (() => void)[] = [];
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  now(): number {
    return this.clock.now();
  }

  monotonic(): number {
    return this.clock.monotonic();
  }

  setTimer(delayMs: number, fire: () => void, hold?: boolean): Timer {
    let cancelled = false;
    const ring = () => {
      if (this.frozen) this.waiting.push(ring);
      else if (!cancelled) fire();
    };
    const timer = this.clock.setTimer(delayMs, ring, hold);
    return {
      cancel() {
        cancelled = true;
        timer.cancel();
      },
    };
  }

  freeze(): void {
    this.frozen = true;
  }

  thaw(): void {
    this.frozen = false;
    for (const ring of this.waiting.splice(0)) ring();
  }
}
