import { ConfigurationError } from '../errors.js';
import { GroupState } from '../consume/group-state.js';
import type { OutboxMigration, OutboxStatus, OutboxTables } from '../outbox/outbox-backend.js';
import type { OutboxOperator } from '../outbox/outbox-operator.js';
import type { DeadRow } from '../outbox/outbox-store.js';
import { parseDuration, type Duration } from '../time/duration.js';
import { OpsRefusedError } from './errors.js';
import type { OpsParts } from './ports.js';

/** Dead rows, oldest first, and where the next page begins. */
export interface DeadRowPage {
  readonly rows: readonly DeadRow[];
  /** Give it as `after`; undefined: this was the last page. */
  readonly next: number | undefined;
}

export interface PruneOptions {
  /** Sent rows go that are older; nothing is kept of an outbox without `retention`. Default 7d. */
  readonly olderThan?: Duration;
  /** Groups whose effects are forgotten, those older than `olderThan` that can no longer be needed. Default: none. */
  readonly groups?: readonly string[];
  readonly signal?: AbortSignal;
  readonly onProgress?: (soFar: PruneResult) => void;
}

export interface PruneResult {
  /** Rows that were sent. */
  readonly rows: number;
  /** Effects of handlers with `once: true`. */
  readonly effects: number;
}

/** Rows of one statement: few, since it holds their locks. */
const BATCH = 500;
const DAY_MS = 86_400_000;
/** Shorter, and an event that a publisher, a relay or a redrive repeats has its effect again. */
const LEAST_KEEP_MS = DAY_MS;

/** The outbox's database as an operator sees it. Every method @throws ConfigurationError where no outbox was configured. */
export class OutboxOps {
  constructor(private readonly parts: OpsParts) {}

  status(): Promise<OutboxStatus> {
    return this.operator().status();
  }

  /** Rows that can never be sent, with why. @param limit - of one page; default 100 */
  async dead({
    after = 0,
    limit = 100,
  }: { readonly after?: number; readonly limit?: number } = {}): Promise<DeadRowPage> {
    const rows = await this.operator().dead(after, limit);
    return { rows, next: rows.length === limit ? rows.at(-1)!.rowId : undefined };
  }

  /**
   * Puts dead rows back, behind what waits, once their cause is mended. @param rowIds - default: all that are dead now
   * @returns how many (with `dryRun`: would be)
   */
  release(rowIds?: readonly number[], options: { readonly dryRun?: boolean } = {}): Promise<number> {
    return this.each(rowIds, options.dryRun ?? false, (ids) => this.operator().revive(ids));
  }

  /** Deletes dead rows: their events are never published. @returns how many (with `dryRun`: would be) */
  discard(rowIds: readonly number[], options: { readonly dryRun?: boolean } = {}): Promise<number> {
    return this.each(rowIds, options.dryRun ?? false, (ids) => this.operator().discard(ids));
  }

  /** Clears up at once what running services clear up about once a minute. @throws OpsRefusedError for less than a day */
  async prune({
    olderThan = '7d',
    groups = [],
    signal,
    onProgress,
  }: PruneOptions = {}): Promise<PruneResult> {
    const operator = this.operator();
    const keepMs = parseDuration(olderThan);
    if (keepMs === undefined)
      throw new ConfigurationError([
        `prune: 'olderThan' is ${JSON.stringify(olderThan)}; write a duration such as '7d'.`,
      ]);
    if (keepMs < LEAST_KEEP_MS)
      throw new OpsRefusedError(
        `Effects and rows of the last day stay: an event that is sent again would have its effect again. Give 'olderThan' of at least 1d.`,
      );
    const result = { rows: 0, effects: 0 };
    const all = async (what: keyof PruneResult, batch: () => Promise<number>) => {
      for (let gone = BATCH; gone === BATCH && !signal?.aborted;) {
        result[what] += gone = await batch();
        onProgress?.({ ...result });
      }
    };
    await all('rows', () => operator.purge(keepMs, BATCH));
    for (const group of groups) {
      const committed = await this.committed(group);
      await all('effects', () => operator.forget(group, committed, keepMs, BATCH));
    }
    return result;
  }

  /** Whether the tables are those that this code needs. @throws OutboxError `TRAMLINE_OUTBOX_SCHEMA` that says how to mend it */
  async check(): Promise<void> {
    await this.tables().check();
  }

  /** Makes the tables, or brings them up to date, in one transaction. @throws OutboxError when they are newer than this code */
  async migrate(): Promise<OutboxMigration> {
    return this.tables().migrate();
  }

  /** The statements that make the tables from nothing, for who makes tables by other means. Asks no database. */
  async sql(): Promise<readonly string[]> {
    return this.tables().sql();
  }

  private operator(): OutboxOperator {
    return this.parts.outbox ?? noOutbox();
  }

  private tables(): OutboxTables {
    return this.parts.tables ?? noOutbox();
  }

  private async each(
    rowIds: readonly number[] | undefined,
    dryRun: boolean,
    change: (ids: readonly number[]) => Promise<number>,
  ): Promise<number> {
    // All of them first: a row that comes back and dies again is another one.
    const dead: number[] = [];
    for (let after: number | undefined = 0; after !== undefined;) {
      const page: DeadRowPage = await this.dead({ after, limit: BATCH });
      dead.push(...page.rows.map(({ rowId }) => rowId));
      after = page.next;
    }
    const wanted = rowIds && new Set(rowIds);
    const ids = wanted ? dead.filter((id) => wanted.has(id)) : dead;
    if (dryRun) return ids.length;
    let count = 0;
    for (let from = 0; from < ids.length; from += BATCH) count += await change(ids.slice(from, from + BATCH));
    return count;
  }

  private async committed(group: string) {
    const { transport, naming } = this.parts;
    const state = new GroupState(transport, naming.state(group));
    await state.refresh();
    return transport.groups.committed(naming.group(group), state.topics());
  }
}

function noOutbox(): never {
  throw new ConfigurationError([
    `There is no outbox. Give one, such as outbox: pg(pool) from '@tramline/outbox/pg'.`,
  ]);
}
