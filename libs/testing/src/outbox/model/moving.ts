import type { ModelSession } from './session.js';
import { OUTBOX_LOCK } from './session.js';
import { keyName, type Tables } from './tables.js';

/** What moving rows needs of the database. */
export interface MovingServer {
  readonly tables: Tables;
  now(): number;
  begin(): ModelSession;
  /** One turn of the database: others go on meanwhile. */
  turn(): Promise<void>;
}

/** `promote` and `revive`: rows that draw a new id, in a transaction that commits a moment after it drew. */
export class Moving {
  /** Scheduled rows that another promotion has in hand; it skips them. */
  readonly #inHand = new Set<number>();

  constructor(private readonly server: MovingServer) {}

  async promote(limit: number): Promise<{ readonly moved: number; readonly nextInMs: number | null }> {
    const { tables } = this.server;
    const now = this.server.now();
    const due = [...tables.scheduled]
      .filter(([id, { dueAt }]) => dueAt <= now && !this.#inHand.has(id))
      .sort(([, one], [, two]) => one.dueAt - two.dueAt)
      .slice(0, limit);
    if (due.length > 0) {
      const session = this.server.begin();
      for (const [id] of due) this.#inHand.add(id);
      try {
        await session.lock(OUTBOX_LOCK, 'shared');
        for (const [, { entry, createdAt }] of due) session.draw(entry, createdAt);
        await this.server.turn();
        session.commit();
        for (const [id] of due) tables.scheduled.delete(id);
      } finally {
        session.rollback();
        for (const [id] of due) this.#inHand.delete(id);
      }
    }
    const next = Math.min(...[...tables.scheduled.values()].map(({ dueAt }) => dueAt));
    return { moved: due.length, nextInMs: next === Infinity ? null : next - this.server.now() };
  }

  async revive(rowIds: readonly number[]): Promise<number> {
    const { tables } = this.server;
    const dead = () =>
      [...rowIds]
        .sort((a, b) => a - b)
        .flatMap((rowId) => {
          const row = tables.outbox.get(rowId);
          return row?.state === 'dead' ? row : [];
        });
    const session = this.server.begin();
    try {
      await session.lock(OUTBOX_LOCK, 'shared');
      const keys = dead().flatMap(({ topic, record }) =>
        record.key === null ? [] : keyName(topic, record.key),
      );
      for (const key of new Set(keys.sort())) await session.lock(key, 'exclusive');
      for (const { rowId } of dead()) await session.lock(`row ${rowId}`, 'exclusive');
      const revived = dead();
      for (const row of revived) session.draw(row, row.createdAt);
      await this.server.turn();
      session.commit();
      for (const { rowId } of revived) tables.outbox.delete(rowId);
      return revived.length;
    } finally {
      session.rollback();
    }
  }
}
