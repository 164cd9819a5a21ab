import { type FileChange } from './plan.js';

/** How many lines that stay are shown around those that change, as `diff -u` and git do. */
const CONTEXT = 3;

interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** A change as a patch that `git apply` takes. */
export function unifiedDiff({ path, before, after }: FileChange): string {
  const lines = compare(splitLines(before ?? ''), splitLines(after));
  const head = before === undefined ? [`--- /dev/null`] : [`--- a/${path}`];
  return [...head, `+++ b/${path}`, ...hunks(lines)].join('\n') + '\n';
}

/** Each line with its line break, so that one without is another line. */
function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The longest common subsequence of lines; what is equal at both ends costs nothing. */
function compare(before: readonly string[], after: readonly string[]): readonly Line[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const same = (texts: readonly string[]): Line[] => texts.map((text) => ({ sign: ' ', text }));
  return [
    ...same(before.slice(0, head)),
    ...compareMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...same(before.slice(before.length - tail)),
  ];
}

function compareMiddle(before: readonly string[], after: readonly string[]): readonly Line[] {
  const width = after.length + 1;
  // The length of what is common to the rest of both, from each pair of positions.
  const common = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      common[i * width + j] =
        before[i] === after[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
  const lines: Line[] = [];
  for (let i = 0, j = 0; i < before.length || j < after.length;) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ sign: ' ', text: before[i]! });
      i++;
      j++;
    } else if (
      i < before.length &&
      (j === after.length || common[(i + 1) * width + j]! >= common[i * width + j + 1]!)
    )
      lines.push({ sign: '-', text: before[i++]! });
    else lines.push({ sign: '+', text: after[j++]! });
  }
  return lines;
}

function hunks(lines: readonly Line[]): readonly string[] {
  const changed = lines.flatMap(({ sign }, i) => (sign === ' ' ? [] : [i]));
  const ranges: [number, number][] = [];
  for (const i of changed) {
    const last = ranges.at(-1);
    if (last && i - CONTEXT <= last[1] + CONTEXT) last[1] = i;
    else ranges.push([i, i]);
  }
  return ranges.flatMap(([first, last]) => {
    const from = Math.max(0, first - CONTEXT);
    const shown = lines.slice(from, last + CONTEXT + 1);
    const earlier = lines.slice(0, from);
    const old = span(earlier, shown, '+');
    return [`@@ -${old} +${span(earlier, shown, '-')} @@`, ...shown.flatMap(show)];
  });
}

/** `12,4`: the first line and how many, of the side that does not know lines with this sign. */
function span(earlier: readonly Line[], shown: readonly Line[], without: string): string {
  const count = (list: readonly Line[]) => list.filter(({ sign }) => sign !== without).length;
  const length = count(shown);
  return `${count(earlier) + (length > 0 ? 1 : 0)},${length}`;
}

function show({ sign, text }: Line): string[] {
  return text.endsWith('\n') ? [sign + text.slice(0, -1)] : [sign + text, '\\ No newline at end of file'];
}
