/** What one command line answered. */
interface Answer {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What differs from run to run, in words. Most have the same width each time, so that columns stay where they are. */
const STEADY: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME'],
  [/\b1[6-9]\d{11}\b/g, 'TIME'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID'],
  [/\b[0-9a-f]{32}\b/g, 'ID'],
  [/"errorStack":"(?:[^"\\]|\\.)*"/g, '"errorStack":"STACK"'],
  // An age takes more or less room, and so does its column.
  [/^(waiting for a relay|scheduled for later|keys that wait after a failure|dead) +(\d+)$/gm, '$1  $2'],
  [/\bAge +Error/g, 'Age  Error'],
  // Cut to fit a terminal.
  [/\b20\d\d-[\dT:.-]*…/g, 'TIME…'],
  [/\b[0-9a-f]{3,}…/g, 'ID…'],
  [/(^ +at .*\n)+/gm, '          STACK\n'],
  [/"(ageMs|oldestMs)":\d+/g, '"$1":AGE'],
  [/ +\d+(\.\d+)? (ms|s)\b/g, ' AGE'],
  [/Node [\d.]+/g, 'Node VERSION'],
];

/** Command lines and what they answered, as a text that is the same in every run, to be kept as an example. */
export class Transcript {
  private readonly parts: string[] = [];

  /** @param names - what else differs from run to run, and what to call it */
  constructor(private readonly names: ReadonlyMap<string, string>) {}

  /** Takes one command line down. @param remark - such as the width of its terminal */
  add(line: string, { exit, stdout, stderr }: Answer, remark = ''): void {
    const complaint = stderr.replaceAll(/^(?=.)/gm, '2> ');
    const end = exit === 0 ? '' : `[exit code ${exit}]\n`;
    this.parts.push(`$ tramline ${line}${remark && `  # ${remark}`}\n${stdout}${complaint}${end}`);
  }

  get text(): string {
    let text = this.parts.join('\n');
    for (const [name, word] of this.names) text = text.replaceAll(name, word);
    for (const [pattern, word] of STEADY) text = text.replaceAll(pattern, word);
    return text.replaceAll(/ +$/gm, '');
  }
}
