import { recordBytes, type Clock } from '@tramline/core';
import type { OutboxRow, RelayStore } from '@tramline/core/outbox';
import type { Floor, Scan } from './floor.js';
import type { Lane } from './lane.js';
import type { Lanes } from './lanes.js';
import type { Leases } from './leases.js';
import type { Outcomes } from './outcomes.js';
import type { Pace } from './pace.js';
import { RELAY } from './settings.js';

/** The page that was distributed last. */
interface Page {
  readonly scan: Scan;
  readonly last: number;
  /** There are more rows behind it. */
  readonly full: boolean;
  /** How many of its rows were new. */
  readonly taken: number;
  /** Its rows whose end is not known to the table, lowest first. */
  readonly left: Set<number>;
  /** Some of its rows have to be read again, because their lanes did not take them. */
  readonly skipped: boolean;
  /** All of its rows were new, and are on their way. */
  readonly whole: boolean;
  /** There are rows before it that wait for slow lanes. */
  readonly beyond: boolean;
  /** How often something had gone wrong before it was distributed. */
  readonly setbacks: number;
}

/** Rows that wait for slow lanes, and fill pages: reading goes on behind them. */
interface Passed {
  /** The last page of them, as it was asked for. */
  readonly scan: Scan;
  /** The last of them. */
  readonly last: number;
  readonly waitedFor: ReadonlySet<Lane>;
  /** How often something has gone wrong, but for what lies behind them. */
  readonly setbacks: number;
}

const NONE: ReadonlySet<Lane> = new Set();

/** Rows that were read, and are not yet on their way. */
interface Read {
  readonly scan: Scan;
  readonly at: number;
  readonly rows: readonly OutboxRow[];
  /** There are more rows behind them. */
  readonly full: boolean;
}

/** What pages need of the relay around them. */
export interface PagesSetup {
  readonly store: Pick<RelayStore, 'pending'>;
  readonly clock: Clock;
  readonly leases: Leases;
  readonly floor: Floor;
  readonly lanes: Lanes;
  readonly outcomes: Outcomes;
  readonly pace: Pace;
  /** Rows of a page, at most. */
  readonly pageRows: number;
}

/**
 * Reads pending rows, lowest id first, page by page, and distributes them to the lanes.
 *
 * While a full page flies, the next one is read (*ahead*), and beside it what landed before is settled: otherwise database
 * and broker would wait for each other. A page read ahead starts behind the last row of the one before, and is used only if by then
 * - every id up to that row was settled before that page was asked for (it lies below its floor): nothing can appear there
 *   any more;
 * - every row of that page landed: nothing of it failed, was skipped or dropped, so that no key waits;
 * - nothing has rewound the floor since: no bucket was gained, no hold lifted, no partition added, no statement failed.
 * Otherwise it is thrown away, and read again in its place. So rows that landed may not be settled yet when later ones fly;
 * should they never be, they are sent again: a repeat, as after any crash.
 *
 * A full page of which nothing can be taken, because its rows wait for lanes that are slow, is *passed*: rows that can be sent
 * may lie behind it, and nothing but a look tells. The next pages start behind it, under the same conditions as one that is
 * read ahead, but that its rows need not have landed: instead the lanes that they wait for take nothing from behind it. When
 * one of these lanes is free, reading starts from the beginning. So nothing is written down, however long the broker is away.
 */
export class Pages {
  private page: Page | undefined;
  private ahead: Read | undefined;
  private passed: Passed | undefined;

  constructor(private readonly setup: PagesSetup) {}

  /** The page has rows that must be read again. */
  get skipped(): boolean {
    return this.page?.skipped ?? false;
  }

  /** There was nothing to read. */
  get empty(): boolean {
    return this.page?.last === 0 && !this.page.beyond;
  }

  /** A page was read ahead, and the one before has landed. */
  get isAhead(): boolean {
    const { ahead, page } = this;
    return ahead !== undefined && page !== undefined && this.setup.lanes.resting && this.clean(page);
  }

  /** Brings the page that was read ahead on its way, or reads one. @returns how many rows are on their way */
  async next(): Promise<number> {
    const { ahead, page } = this;
    const holds = this.isAhead;
    this.ahead = undefined;
    if (!holds) return this.read();
    this.setup.floor.passed(page!.scan, page!.last + 1);
    return this.distribute(ahead!);
  }

  /**
   * Reads what lies behind the page that flies, if it can be used. Never rejects: it may want a second connection, which is not
   * always to be had, and what was not read ahead is read later.
   */
  async readAhead(): Promise<void> {
    const { floor, lanes } = this.setup;
    const { page } = this;
    // What flies beyond it may be settled before this page is used, and would be sent again.
    if (!page?.full || !this.clean(page) || lanes.taken.beyond(page.last).size > 0) return;
    try {
      await floor.advance(true);
      this.ahead = await this.ask({ ...floor.scan(), after: page.last });
    } catch {
      // A database that is away is found out by whatever comes next.
    }
  }

  /** The table knows of these rows' ends. */
  ended(rows: readonly OutboxRow[]): void {
    for (const { rowId } of rows) this.page?.left.delete(rowId);
  }

  /** All that is known of ends was written down. */
  written(): void {
    if (!this.page || this.page.beyond) return;
    const { scan, last, left } = this.page;
    const [lowest] = left;
    // What lies behind the page is not known: a page may end for its bytes.
    if (last > 0) this.setup.floor.passed(scan, lowest ?? last + 1);
  }

  /** Whether nothing went wrong with the page so far, and nothing can appear before its end. */
  private clean(page: Page): boolean {
    return page.whole && page.scan.floor >= page.last && this.unbroken(page);
  }

  /** Whether nothing went wrong since, and nothing appeared that was hidden. */
  private unbroken({ scan, setbacks }: Page | Passed): boolean {
    return this.setup.floor.current(scan) && setbacks === this.setbacks;
  }

  private get setbacks(): number {
    const { lanes, outcomes } = this.setup;
    return lanes.drops + outcomes.setbacks;
  }

  private async read(): Promise<number> {
    const { floor, lanes } = this.setup;
    await floor.advance(this.page !== undefined && this.page.taken > RELAY.floorIdleRows);
    if (this.passed && !this.waits(this.passed)) this.passed = undefined;
    const { passed } = this;
    const scan = passed ? { ...floor.scan(), after: passed.last } : floor.scan();
    // What flies comes along, and must not fill the page: others may wait behind it.
    const read = await this.ask(scan, lanes.taken.beyond(scan.after));
    if (!passed || this.unbroken(passed)) return this.distribute(read, passed);
    this.passed = undefined;
    return this.read();
  }

  private waits(passed: Passed): boolean {
    return this.unbroken(passed) && [...passed.waitedFor].every(({ free }) => !free);
  }

  /** @param beside - rows that come along without counting, and their bytes */
  private async ask(scan: Scan, beside = { size: 0, bytes: 0 }): Promise<Read> {
    const { clock, leases, pageRows, store } = this.setup;
    const at = clock.monotonic();
    const limit = pageRows + beside.size;
    const maxBytes = RELAY.pageBytes + beside.bytes;
    const buckets = leases.reading().map(({ bucket }) => bucket);
    const rows = await store.pending({ buckets, after: scan.after, limit, maxBytes });
    return { scan, at, rows, full: rows.length === limit || endedByBytes(rows, maxBytes) };
  }

  /** @param passed - what lies before these rows, and waits */
  private distribute({ scan, at, rows, full }: Read, passed?: Passed): number {
    const { floor, lanes, pace } = this.setup;
    if (!passed) floor.passed(scan, rows[0]?.rowId ?? Infinity);
    const { setbacks } = this;
    const waitedFor = passed?.waitedFor ?? NONE;
    const { taken, skipped, slow } = lanes.distribute(rows, waitedFor);
    const left = new Set(rows.map(({ rowId }) => rowId));
    const last = rows.at(-1)?.rowId ?? 0;
    const beyond = passed !== undefined;
    const whole = !beyond && taken === rows.length;
    this.page = { scan, last, full, taken, left, skipped: beyond || skipped > 0, whole, beyond, setbacks };
    const passes = full && taken === 0 && slow !== undefined && scan.floor >= last;
    if (passes) this.passed = { scan, last, waitedFor: new Set([...waitedFor, ...slow]), setbacks };
    // What went wrong just now lies behind them.
    else if (passed) this.passed = { ...passed, setbacks: this.setbacks };
    pace.read(at, taken, full && (taken > 0 || passes));
    return taken;
  }
}

/** The store counts bytes a little otherwise: nearly full is taken for full, and costs no more than another look. */
function endedByBytes(rows: readonly OutboxRow[], maxBytes: number): boolean {
  let bytes = 0;
  for (const { record } of rows) bytes += recordBytes(record);
  return bytes >= maxBytes * 0.8;
}
