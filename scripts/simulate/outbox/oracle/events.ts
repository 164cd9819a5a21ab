/** What is known of one event, by who wrote it, by the database and by the broker. Times are the world's. */
export interface EventRecord {
  readonly id: string;
  readonly topic: string;
  readonly key: string | null;
  readonly ordered: boolean;
  /** Larger than the broker takes. */
  readonly large: boolean;
  /** When the database committed it, and the lowest time at which it may appear. */
  committedAt: number | undefined;
  dueAt: number | undefined;
  /** When it last became something for a relay to read: committed, promoted, revived. */
  readyAt: number;
  bucket: number | undefined;
  rowId: number | undefined;
  firstAt: number | undefined;
  lastAt: number | undefined;
  /** An append of it was in doubt: it may come again. */
  doubtful: boolean;
  /** It was dead and put back: it appears when it does. */
  revived: boolean;
}
