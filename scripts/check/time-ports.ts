import ts from 'typescript';
import { type Checker, type Fault } from './checker.ts';
import { isSpec, lineAt, readSources, type Source } from './sources.ts';

/** Names that read the machine's clock, its timers or its randomness, wherever they are taken from. */
const forbidden = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'performance',
  'hrtime',
  'randomUUID',
  'randomBytes',
  'randomInt',
  'getRandomValues',
  'Date.now',
  'Math.random',
  'AbortSignal.timeout',
]);

/**
 * The core takes time and randomness through ports only: a simulation runs this very code on virtual time and from a
 * seed. Only `time/`, where the real clock and the real randomness are adapted, may use the machine's.
 */
export const timePorts: Checker = {
  name: 'time and randomness',
  async run({ root }) {
    return readSources(root).filter(isUnderTheRule).flatMap(findTimeFaults);
  },
};

export function isUnderTheRule({ path }: Source): boolean {
  return path.startsWith('libs/core/src/') && !path.startsWith('libs/core/src/time/') && !isSpec(path);
}

/** Every use of the machine's time or randomness in one file; text in comments and strings does not count. */
export function findTimeFaults({ path, text }: Source): readonly Fault[] {
  const faults: Fault[] = [];
  const visit = (node: ts.Node): void => {
    const use = describeUse(node);
    if (use !== undefined)
      faults.push({
        file: path,
        line: lineAt(text, node.getStart()),
        message: `${use}: take it from the clock or random port (libs/core/src/time)`,
      });
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return faults;
}

function describeUse(node: ts.Node): string | undefined {
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length)
    return 'new Date()';
  if (ts.isPropertyAccessExpression(node) && forbidden.has(node.getText())) return node.getText();
  if (!ts.isIdentifier(node) || !forbidden.has(node.text) || isMemberOfAPort(node)) return undefined;
  return node.text;
}

/** `clock.setTimeout(…)`, the declaration of such a member, or a property key: names of ours, not the machine's. */
function isMemberOfAPort(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent))
    return (
      parent.name === node && !/^(globalThis|process|crypto|performance)$/.test(parent.expression.getText())
    );
  return (
    (ts.isPropertySignature(parent) ||
      ts.isMethodSignature(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isPropertyAssignment(parent)) &&
    parent.name === node
  );
}
