import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Nest names every module and route at boot: too much to read when several services start at once. */
const BOOT_NOISE = /\[(?:InstanceLoader|RoutesResolver|RouterExplorer)\]/;
const BLANK = /^\s*$/;

const COLOURS = [36, 32, 33, 35, 34, 31];

/** Writes lines to the terminal, each behind the name of who says it. Coloured only where somebody looks. */
export class Output {
  private readonly stream: NodeJS.WriteStream;
  private readonly width: number;
  private readonly names: readonly string[];
  readonly coloured: boolean;

  constructor(stream: NodeJS.WriteStream, names: readonly string[], env: NodeJS.ProcessEnv) {
    this.stream = stream;
    this.names = names;
    this.width = Math.max(...names.map((name) => name.length));
    this.coloured = stream.isTTY === true && !env.NO_COLOR;
  }

  /** A line of our own. */
  say(text = ''): void {
    this.stream.write(`${text}\n`);
  }

  /** A line about a service, from us. */
  note(name: string, text: string): void {
    this.stream.write(`${this.prefix(name)}${this.paint(1, text)}\n`);
  }

  /** Passes on what a child writes, line by line, so that two never mix within a line. */
  follow(name: string, stream: Readable): void {
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
      if (!BOOT_NOISE.test(line) && !BLANK.test(line)) this.stream.write(`${this.prefix(name)}${line}\n`);
    });
  }

  paint(code: number, text: string): string {
    return this.coloured ? `\u001b[${code}m${text}\u001b[0m` : text;
  }

  private prefix(name: string): string {
    const colour = COLOURS[Math.max(0, this.names.indexOf(name)) % COLOURS.length] ?? 0;
    return `${this.paint(colour, `${name.padEnd(this.width)} |`)} `;
  }
}
