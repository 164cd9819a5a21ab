import { createHash } from 'node:crypto';

/** A rule that a run broke. */
export interface Violation {
  /** Names the rule; the same in every seed. */
  readonly rule: string;
  readonly text: string;
}

/** What happened, line by line, and which rules it broke. */
export class Trace {
  readonly lines: string[] = [];
  readonly violations: Violation[] = [];
  readonly #time: () => number;

  constructor(time: () => number) {
    this.#time = time;
  }

  add(line: string): void {
    this.lines.push(`${this.#time()} ${line}`);
  }

  broken(rule: string, text: string): void {
    this.violations.push({ rule, text });
    this.add(`BROKEN ${rule}: ${text}`);
  }

  /** The same for two runs exactly when all lines are. */
  hash(): string {
    return createHash('sha256').update(this.lines.join('\n')).digest('hex').slice(0, 16);
  }
}
