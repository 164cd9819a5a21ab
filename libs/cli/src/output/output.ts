import { type Env } from '../env.js';
import { Progress } from './progress.js';
import { tableLines, type Cell, type Column } from './table.js';

/**
 * What a command says. Results go to stdout: for people as lines and tables, with `--json` as one JSON value, or, where a
 * list has no bound, as one JSON value a line (NDJSON). Everything else goes to stderr.
 *
 * A command says both forms and lets `isJson` choose: `output.json(value)` is silent for people, `line` and `table` are silent
 * for programs.
 */
export class Output {
  readonly isJson: boolean;
  /** Colour only where somebody looks, and did not ask for none. */
  readonly isColoured: boolean;

  constructor(
    private readonly env: Env,
    options: { readonly json?: boolean; readonly color?: boolean } = {},
  ) {
    this.isJson = options.json === true;
    this.isColoured = env.stdout.isTTY && options.color !== false && !env.variables['NO_COLOR'];
  }

  /** The result for programs. Several calls make NDJSON; say so in the command's help. */
  async json(value: unknown): Promise<void> {
    if (this.isJson) await this.env.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** A line of the result for people. What comes from outside goes through `shown` first. */
  async line(text = ''): Promise<void> {
    if (!this.isJson) await this.env.stdout.write(`${text}\n`);
  }

  /** A table for people, within the terminal; `none` when it has no rows. */
  async table(columns: readonly Column[], rows: readonly (readonly Cell[])[], none = 'None.'): Promise<void> {
    if (this.isJson) return;
    if (rows.length === 0) return this.line(none);
    const [titles, ...lines] = tableLines(columns, rows, this.env.stdout.columns);
    await this.env.stdout.write(`${[this.paint(1, titles!), ...lines].join('\n')}\n`);
  }

  /** A remark that is no result, for people; programs that read stdout never see it. */
  async note(text: string): Promise<void> {
    await this.env.stderr.write(`${text}\n`);
  }

  progress(what: string): Progress {
    return new Progress(what, this.env.stderr, this.env.clock);
  }

  /** @param code - of ANSI: 1 bold, 2 faint, 31 red, 32 green, 33 yellow */
  paint(code: number, text: string): string {
    return this.isColoured ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}
