import { type EventName } from './names/event-name.js';
import { renderTemplate } from './templates.js';
import { type Field, FIELD_TYPES } from './names/field.js';

/** The class of an event, as prettier would write it. */
export function contractText(name: EventName, fields: readonly Field[], key: string | null): string {
  const validators = new Set<string>(fields.map(({ type }) => FIELD_TYPES[type].decorator));
  if (fields.some(({ optional }) => optional)) validators.add('IsOptional');
  const imports = [
    ...(validators.has('IsDate') ? [importLine(['Type'], 'class-transformer')] : []),
    importLine([...validators].sort(), 'class-validator'),
  ];
  return renderTemplate('code/event.ts', {
    imports: imports.join('\n'),
    type: name.type,
    key: key === null ? 'null' : `'${key}'`,
    className: name.pascal,
    properties: fields.map(property).join('\n\n'),
  });
}

function property({ name, type, optional }: Field): string {
  const { decorator, written } = FIELD_TYPES[type];
  const decorators = [
    ...(optional ? ['@IsOptional()'] : []),
    // JSON has no dates: what comes in is a text.
    ...(written === 'Date' ? ['@Type(() => Date)'] : []),
    `@${decorator}()`,
  ];
  return [...decorators, `${name}${optional ? '?' : '!'}: ${written};`].map((line) => `  ${line}`).join('\n');
}

function importLine(names: readonly string[], from: string): string {
  const line = `import { ${names.join(', ')} } from '${from}';`;
  return line.length <= 100
    ? line
    : `import {\n${names.map((name) => `  ${name},\n`).join('')}} from '${from}';`;
}
