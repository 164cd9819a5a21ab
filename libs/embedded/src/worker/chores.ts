import { compact, findUncompacted } from './compaction.js';
import type { Connection } from './connection.js';
import { monotonicMs, type Machine } from './machine.js';
import type { OpenLog } from './open-log.js';
import { findOld, trim } from './retention.js';

const INTERVAL_MS = 10_000;
/** A process that died while it did the chores keeps the others from them no longer than this. */
const LEASE_MS = 60_000;

/** Runs `work` in a transaction of the writer, between what others ask for. */
export type InTransaction = <Result>(work: (write: Connection) => Result) => Promise<Result>;

/** Retention and compaction, by one process at a time, in steps that hold nobody up. */
export class Chores {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly log: OpenLog,
    private readonly inTransaction: InTransaction,
  ) {}

  start(): void {
    this.#timer ??= setInterval(() => {
      // A disk that is full or busy: the next round tries again, and appends report what is wrong.
      this.run(Date.now()).catch(() => {});
    }, INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** One round. `now`: the wall clock that ages are measured against. */
  async run(now: number): Promise<void> {
    const { read, machine } = await this.log.store();
    const old = findOld(read, now);
    const uncompacted = findUncompacted(read, now);
    if (old.length + uncompacted.length === 0) return;
    if (!(await this.inTransaction((write) => takeLease(write, machine, monotonicMs())))) return;
    for (const found of old) while (await this.inTransaction((write) => trim(write, found)));
    for (const found of uncompacted) while (await this.inTransaction((write) => compact(write, found, now)));
    await this.inTransaction((write) => write.run("DELETE FROM chores WHERE name = 'cleanup'"));
  }
}

function takeLease(write: Connection, { bootId }: Machine, now: number): boolean {
  const held = write.get(
    "SELECT 1 FROM chores WHERE name = 'cleanup' AND boot_id = ? AND held_until > ? AND held_until <= ?",
    bootId,
    now,
    now + LEASE_MS,
  );
  if (held) return false;
  write.run(
    "INSERT OR REPLACE INTO chores (name, boot_id, held_until) VALUES ('cleanup', ?, ?)",
    bootId,
    now + LEASE_MS,
  );
  return true;
}
