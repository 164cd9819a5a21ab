import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs';

/**
 * A small file beside the database: for each partition, at eight times its id, the end offset as of its last acknowledged
 * append. It is written after every commit and never synced, and it has two uses.
 *
 * - A bell: consumers of other processes watch it. Unlike the write-ahead log it changes after a commit is visible, not
 *   before, so whoever is woken finds something.
 * - A witness: when it knows offsets that the database does not have, acknowledged events are missing (a truncated or
 *   replaced file), which SQLite alone cannot see. After a power cut it may be behind, never ahead.
 *
 * Slot 0 belongs to no partition; it is written to ring for changes of groups and topics.
 */
export class AckedFile {
  readonly #file: number;
  readonly #slot = Buffer.alloc(8);
  #rings = 0;

  constructor(readonly path: string) {
    // Neither 'w' nor 'a': it must not be emptied, and writes go to their slots.
    this.#file = openSync(path, constants.O_CREAT | constants.O_RDWR, 0o666);
  }

  /** Never fails: the events are stored, whatever becomes of the witness. */
  acknowledge(partition: number, end: number): void {
    this.#write(partition, end);
  }

  ring(): void {
    this.#write(0, ++this.#rings);
  }

  /** End offsets by partition id, only those that were ever acknowledged. */
  read(): Map<number, number> {
    const bytes = Buffer.alloc(fstatSync(this.#file).size);
    const length = readSync(this.#file, bytes, 0, bytes.length, 0);
    const ends = new Map<number, number>();
    for (let partition = 1; (partition + 1) * 8 <= length; partition++) {
      const end = Number(bytes.readBigUInt64LE(partition * 8));
      if (end > 0) ends.set(partition, end);
    }
    return ends;
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(slot: number, value: number): void {
    this.#slot.writeBigUInt64LE(BigInt(value));
    try {
      writeSync(this.#file, this.#slot, 0, 8, slot * 8);
    } catch {
      // A full disk: readers poll, and an old witness accuses nobody.
    }
  }
}
