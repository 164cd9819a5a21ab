import {
  applyInsertion,
  endOfLine,
  indentAt,
  lineEnding,
  type TextFile,
} from '../generate/edit/text-file.js';
import { tokenize } from '../generate/edit/tokens.js';
import { type Plan } from '../generate/plan/plan.js';

/**
 * Has the application's entry call `enableShutdownHooks()`, in the line after the one that makes the application: without it a
 * process that is told to end leaves its group by silence, and the others wait for its session to time out.
 */
export function enableShutdownHooks(file: TextFile, plan: Plan): string {
  const { text, path } = file;
  const tokens = tokenize(file);
  if (tokens.some((token) => token.text === 'enableShutdownHooks')) return text;
  // const app = await NestFactory.create…(…);
  const factory = tokens.findIndex((token, i) => token.text === 'NestFactory' && tokens[i + 1]?.text === '.');
  const name = tokens[factory - 3];
  const isAssigned =
    tokens[factory - 1]?.text === 'await' && tokens[factory - 2]?.text === '=' && name?.kind === 'word';
  const end = isAssigned
    ? tokens.findIndex(({ text: mark, depth }, i) => i > factory && mark === ')' && depth === name.depth)
    : -1;
  if (!name || end < 0) {
    plan.note(
      `${path}: call app.enableShutdownHooks() where the application is made, so that it leaves its group when it is told to end.`,
    );
    return text;
  }
  const semicolon = tokens[end + 1]?.text === ';';
  const line = `${indentAt(text, name.start)}${name.text}.enableShutdownHooks()${semicolon ? ';' : ''}`;
  return applyInsertion(text, {
    at: endOfLine(text, tokens[semicolon ? end + 1 : end]!.end),
    text: lineEnding(text) + line,
  });
}
