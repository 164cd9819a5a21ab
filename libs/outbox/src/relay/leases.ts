import type { Clock } from '@tramline/core';
import type { Lease, RelayStore } from '@tramline/core/outbox';

/**
 * The buckets that this relay owns.
 *
 * Of each bucket: *free* (or somebody else's) -> *held*, by a claim or because a beat says so (the answer to a claim got
 * lost) -> *leaving*, when there are more relays than before and this one has more than its share: nothing more is read of
 * it, and it is given back when nothing of it is under way -> free. Held or leaving -> *lost*, when a beat no longer names
 * it, or when the lease ran out by the monotonic clock, counted from before the beat that made it: everything known of it
 * counts no more.
 */
export class Leases {
  private held = new Map<number, Lease>();
  private readonly leaving = new Set<number>();
  private until = -Infinity;
  private nextBeat = -Infinity;
  private buckets = 0;

  constructor(
    private readonly store: Pick<RelayStore, 'beat' | 'claim' | 'release' | 'leave'>,
    private readonly clock: Clock,
    readonly owner: string,
    private readonly leaseMs: number,
    private readonly flightMs: number,
    /** Buckets are new here: whatever lies in them has not been seen. */
    private readonly gained: () => void,
  ) {}

  /** How many buckets are held now. */
  get size(): number {
    return this.valid().size;
  }

  /** Whether a flight that starts now ends before the leases do. */
  get flyable(): boolean {
    return this.until - this.clock.monotonic() >= this.flightMs;
  }

  get beatInMs(): number {
    return this.nextBeat - this.clock.monotonic();
  }

  /** What fences a write. */
  all(): readonly Lease[] {
    return [...this.valid().values()];
  }

  holds(bucket: number): boolean {
    return this.valid().has(bucket);
  }

  holdsAny(buckets: Iterable<number>): boolean {
    const held = this.valid();
    for (const bucket of buckets) if (held.has(bucket)) return true;
    return false;
  }

  /** The leases whose rows are to be read. */
  reading(): readonly Lease[] {
    return this.all().filter(({ bucket }) => !this.leaving.has(bucket));
  }

  /** Renews, claims what is missing, and marks what is too much, when it is time to. */
  async tend(): Promise<void> {
    if (this.beatInMs > 0) return;
    const now = this.clock.monotonic();
    const beat = await this.store.beat(this.owner, this.leaseMs);
    this.buckets = beat.buckets;
    this.take(beat.leases);
    this.until = now + this.leaseMs;
    const share = Math.ceil(beat.buckets / Math.max(1, beat.relays));
    if (this.held.size < share) {
      const claimed = await this.store.claim(this.owner, share - this.held.size, this.leaseMs);
      if (claimed.length > 0) this.take([...this.held.values(), ...claimed]);
    }
    const before = [...this.leaving];
    this.leaving.clear();
    for (const bucket of [...this.held.keys()].slice(share)) this.leaving.add(bucket);
    // Pages were read without those that stay after all: what lies in them has not been seen.
    if (before.some((bucket) => this.held.has(bucket) && !this.leaving.has(bucket))) this.gained();
    // Where others live, their end must be noticed soon after their leases ended.
    this.nextBeat = now + this.leaseMs / (this.held.size === this.buckets ? 3 : 10);
  }

  /** Gives back what is too much and of which nothing is under way. */
  async giveBack(busy: (bucket: number) => boolean): Promise<void> {
    if (this.leaving.size === 0) return;
    const free = this.all().filter(({ bucket }) => this.leaving.has(bucket) && !busy(bucket));
    await this.release(free);
  }

  /** Gives everything back: the end. */
  async leave(): Promise<void> {
    await this.release(this.all());
    await this.store.leave(this.owner);
  }

  private async release(leases: readonly Lease[]): Promise<void> {
    if (leases.length === 0) return;
    // First here: should the answer get lost, the next beat tells what is still ours, as something new.
    for (const { bucket } of leases) {
      this.held.delete(bucket);
      this.leaving.delete(bucket);
    }
    await this.store.release(leases);
  }

  private take(leases: readonly Lease[]): void {
    const known = this.valid();
    const fresh = leases.some(({ bucket, epoch }) => known.get(bucket)?.epoch !== epoch);
    this.held = new Map(leases.map((lease) => [lease.bucket, lease]));
    if (fresh) this.gained();
  }

  private valid(): ReadonlyMap<number, Lease> {
    if (this.clock.monotonic() >= this.until && this.held.size > 0) this.held = new Map();
    return this.held;
  }
}
