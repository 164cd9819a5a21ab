/** One thing that is wrong, and where. `message` says how to mend it when that is not obvious. */
export interface Fault {
  readonly file?: string;
  readonly line?: number;
  readonly message: string;
}

/** What every checker is given. `update` asks those that compare generated files to write them anew. */
export interface CheckContext {
  readonly root: string;
  readonly update: boolean;
}

/** One check of `npm run check`. It reports every fault it finds, not only the first, and throws only when it cannot run. */
export interface Checker {
  readonly name: string;
  run(context: CheckContext): Promise<readonly Fault[]>;
}

/** `file:line: message`, as editors and terminals make clickable. */
export function describeFault({ file, line, message }: Fault): string {
  if (file === undefined) return message;
  return line === undefined ? `${file}: ${message}` : `${file}:${line}: ${message}`;
}
