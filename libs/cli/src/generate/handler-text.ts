import { type HandlerName } from './handler.js';
import { type KnownEvent } from './project/contracts.js';
import { samplePayload } from './sample.js';
import { renderTemplate } from './templates.js';

/** What a line of generated code has at most, characters. */
const LONGEST_LINE = 100;
const VITEST = `import { afterEach, beforeEach, expect, it } from 'vitest';`;

interface SpecParts {
  readonly name: HandlerName;
  readonly events: readonly KnownEvent[];
  readonly imports: readonly ImportedName[];
  readonly module: ImportedName;
  /** What runs the project's tests: Jest has its functions as globals. */
  readonly runner: 'vitest' | 'jest';
}

interface ImportedName {
  readonly name: string;
  readonly from: string;
}

/** The class of a handler. It says what came in, until its author writes what to do about it. */
export function handlerText(
  name: HandlerName,
  events: readonly KnownEvent[],
  imports: readonly ImportedName[],
): string {
  const classes = events.map(({ className }) => className);
  const parameters = [`event: ${classes.join(' | ')}`, '{ eventId, type }: EventContext'];
  const oneLine = `  async handle(${parameters.join(', ')}): Promise<void> {`;
  const lines = ['  async handle(', ...parameters.map((one) => `    ${one},`), '  ): Promise<void> {'];
  return renderTemplate('code/handler.ts', {
    imports: importLines(imports).join('\n'),
    types: events.map(({ type }) => `\`${type}\``).join(' and '),
    className: name.pascal,
    ref: classes.length === 1 ? classes[0]! : `[${classes.join(', ')}]`,
    id: name.id,
    signature: oneLine.length <= LONGEST_LINE ? oneLine : lines.join('\n'),
  });
}

/** A test of the handler within its application; undefined when no valid event can be made up. */
export function handlerSpec({ name, events, imports, module, runner }: SpecParts): string | undefined {
  const samples = events.map((event) => ({ ...event, payload: samplePayload(event) }));
  if (samples.some(({ payload }) => payload === undefined)) return undefined;
  const written = samples.map(({ type, className, payload }) => ({
    id: name.id,
    type,
    publish: publishLines(className, payload!).join('\n'),
  }));
  const own = importLines(imports);
  return renderTemplate('code/handler-spec.ts', {
    imports: [...own, ...(runner === 'vitest' ? [VITEST] : [])].join('\n'),
    moduleName: module.name,
    modulePath: module.from,
    id: name.id,
    tests: written
      .map((values) => renderTemplate('code/handler-test.ts', values))
      .join('')
      .trimEnd(),
    publish: written[0]!.publish,
  });
}

function publishLines(className: string, payload: string): readonly string[] {
  const line = `  await bus.publish(${className}, ${payload});`;
  if (line.length <= LONGEST_LINE) return [line];
  const members = payload.slice(2, -2).split(/, (?=\w+: )/);
  return [`  await bus.publish(${className}, {`, ...members.map((member) => `    ${member},`), '  });'];
}

function importLines(imports: readonly ImportedName[]): readonly string[] {
  const places = new Map<string, string[]>();
  for (const { name, from } of imports) places.set(from, [...(places.get(from) ?? []), name]);
  return [...places].map(([from, names]) => `import { ${names.join(', ')} } from '${from}';`);
}
