import { type HandlerName } from './handler.js';
import { type KnownEvent } from './project/contracts.js';
import { samplePayload } from './sample.js';

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
  const types = events.map(({ type }) => `\`${type}\``).join(' and ');
  const ref = classes.length === 1 ? classes[0]! : `[${classes.join(', ')}]`;
  const parameters = `event: ${classes.join(' | ')}, { eventId, type }: EventContext`;
  const oneLine = `  async handle(${parameters}): Promise<void> {`;
  const signature =
    oneLine.length <= 100
      ? oneLine
      : `  async handle(\n${parameters
          .split(/, (?=\{)/)
          .map((parameter) => `    ${parameter},\n`)
          .join('')}  ): Promise<void> {`;
  return [
    `import { Injectable, Logger } from '@nestjs/common';`,
    `import { EventContext, OnEvent } from '@tramline/nest';`,
    ...importLines(imports),
    '',
    `/** What this service does about ${types}. */`,
    '@Injectable()',
    `export class ${name.pascal} {`,
    `  private readonly logger = new Logger(${name.pascal}.name);`,
    '',
    '  /** An event may come again after a crash: `eventId` tells. What throws is tried again, at once and later. */',
    `  @OnEvent(${ref}, { id: '${name.id}' })`,
    signature,
    '    this.logger.log(`${type} ${eventId}: ${Object.keys(event).join()}`);',
    '  }',
    '}',
    '',
  ].join('\n');
}

/** A test of the handler within its application; undefined when no valid event can be made up. */
export function handlerSpec({
  name,
  events,
  imports,
  module,
  runner,
}: {
  readonly name: HandlerName;
  readonly events: readonly KnownEvent[];
  readonly imports: readonly ImportedName[];
  readonly module: ImportedName;
  readonly runner: 'vitest' | 'jest';
}): string | undefined {
  const samples = events.map((event) => ({ ...event, payload: samplePayload(event) }));
  if (samples.some(({ payload }) => payload === undefined)) return undefined;
  return [
    `import { Test, type TestingModule } from '@nestjs/testing';`,
    `import { TestBus } from '@tramline/testing/nest';`,
    ...importLines(imports),
    ...(runner === 'vitest' ? [`import { afterEach, beforeEach, expect, it } from 'vitest';`] : []),
    `import { ${module.name} } from '${module.from}';`,
    '',
    'let app: TestingModule;',
    'let bus: TestBus;',
    '',
    'beforeEach(async () => {',
    `  const builder = Test.createTestingModule({ imports: [${module.name}] });`,
    '  bus = TestBus.attach(builder);',
    '  app = await builder.compile();',
    '  app.useLogger(false);',
    '  await app.init();',
    '});',
    'afterEach(async () => {',
    '  await app.close();',
    '  await bus.close();',
    '});',
    ...samples.flatMap(({ type, className, payload }) => [
      '',
      `it('handles ${type}', async () => {`,
      ...publishLines(className, payload!),
      '  await bus.idle();',
      `  expect(bus.handled('${name.id}')).toHaveLength(1);`,
      '});',
    ]),
    ...samples
      .slice(0, 1)
      .flatMap(({ className, payload }) => [
        '',
        `it('tries again after ten seconds', async () => {`,
        `  bus.fail('${name.id}', { times: 3 });`,
        ...publishLines(className, payload!),
        `  await bus.advance('11s');`,
        `  expect(bus.handled('${name.id}')).toMatchObject([{ attempt: 4 }]);`,
        '});',
      ]),
    '',
  ].join('\n');
}

function publishLines(className: string, payload: string): readonly string[] {
  const line = `  await bus.publish(${className}, ${payload});`;
  if (line.length <= 100) return [line];
  const members = payload.slice(2, -2).split(/, (?=\w+: )/);
  return [`  await bus.publish(${className}, {`, ...members.map((member) => `    ${member},`), '  });'];
}

function importLines(imports: readonly ImportedName[]): readonly string[] {
  const places = new Map<string, string[]>();
  for (const { name, from } of imports) places.set(from, [...(places.get(from) ?? []), name]);
  return [...places].map(([from, names]) => `import { ${names.join(', ')} } from '${from}';`);
}
