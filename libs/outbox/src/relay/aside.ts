import type { OutboxRow } from '@tramline/core/outbox';
import type { Outcomes } from './outcomes.js';

interface Group {
  readonly rows: OutboxRow[];
  readonly error: Error;
  /** null: they are refused. */
  readonly forMs: number | null;
}

/** Rows of one page that do not fly: those with one fault are put on hold together. */
export class Aside {
  private readonly groups = new Map<string, Group>();

  delay(row: OutboxRow, forMs: number, error: Error): void {
    this.add(row, error, forMs);
  }

  refuse(row: OutboxRow, error: Error): void {
    this.add(row, error, null);
  }

  rows(): readonly OutboxRow[] {
    return [...this.groups.values()].flatMap(({ rows }) => rows);
  }

  tell(outcomes: Outcomes): void {
    for (const { rows, error, forMs } of this.groups.values()) {
      if (forMs === null) outcomes.refused(rows, error);
      else outcomes.delayed(rows, forMs, error);
    }
  }

  private add(row: OutboxRow, error: Error, forMs: number | null): void {
    const name = `${forMs} ${error.message}`;
    const group = this.groups.get(name);
    if (group) group.rows.push(row);
    else this.groups.set(name, { rows: [row], error, forMs });
  }
}
