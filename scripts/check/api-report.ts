import ts from 'typescript';

/**
 * The public API of one entry point as text: every exported declaration without bodies, comments and private members,
 * sorted by name; then, apart, what these declarations mention and a user of the package therefore meets although it
 * has no exported name. Made from the `.d.ts` that is published, so it shows what a user's compiler sees.
 */
export function reportApi(declarationFile: string, packageFolder: string): string {
  const program = ts.createProgram([declarationFile], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    skipLibCheck: true,
    noEmit: true,
    // Declarations are printed as they stand, so neither the language's library nor Node's types need be read.
    noLib: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(declarationFile);
  const module = file && checker.getSymbolAtLocation(file);
  if (!module) return '';

  const exported = new Map(
    checker.getExportsOfModule(module).map((symbol) => [symbol.name, resolveAlias(symbol, checker)]),
  );
  const named = new Set(exported.values());
  const sections: string[] = [];
  const mentioned = new Set<ts.Symbol>();
  for (const [name, symbol] of [...exported].sort(byName)) sections.push(printSymbol(name, symbol));
  const unnamed = [...mentioned].filter((symbol) => !named.has(symbol));
  const extra: (readonly [string, string])[] = [];
  // Printing one may mention another, which then joins the end of this list.
  for (let i = 0; i < unnamed.length; i++) {
    const symbol = unnamed[i]!;
    mentioned.clear();
    extra.push([symbol.name, printSymbol(symbol.name, symbol)]);
    unnamed.push(...[...mentioned].filter((other) => !named.has(other) && !unnamed.includes(other)));
  }
  if (extra.length > 0)
    sections.push(
      '// Mentioned above, but not exported by this entry point:',
      ...extra.sort(byName).map(([, text]) => text),
    );
  return `${sections.join('\n\n')}\n`;

  function printSymbol(name: string, symbol: ts.Symbol): string {
    const declarations = symbol.declarations ?? [];
    const home = declarations[0]?.getSourceFile().fileName ?? '';
    if (!isOwn(home)) return `export { ${name} } from '${packageNameOf(home)}';`;
    for (const declaration of declarations) collectMentions(declaration);
    const texts = declarations.map(printDeclaration);
    const renamed = symbol.name !== name && symbol.name !== 'default' ? `// exported as ${name}\n` : '';
    return renamed + texts.join('\n');
  }

  function collectMentions(node: ts.Node): void {
    if (isHidden(node)) return;
    if (ts.isIdentifier(node)) {
      const symbol = checker.getSymbolAtLocation(node);
      const target = symbol && resolveAlias(symbol, checker);
      const declaration = target?.declarations?.[0];
      if (
        target &&
        declaration &&
        ts.isSourceFile(declaration.parent) &&
        isOwn(declaration.getSourceFile().fileName)
      )
        mentioned.add(target);
    }
    ts.forEachChild(node, collectMentions);
  }

  function isOwn(fileName: string): boolean {
    return (
      fileName.startsWith(`${packageFolder}/`) &&
      !fileName.slice(packageFolder.length).includes('/node_modules/')
    );
  }
}

const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed });

/** The declaration without what is private: it is no promise, and its changes are nobody's news. */
function printDeclaration(declaration: ts.Declaration): string {
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const { transformed } = ts.transform<ts.Node>(node, [
    (context) => (root) => {
      const visit = (child: ts.Node): ts.Node | undefined =>
        isHidden(child) ? undefined : ts.visitEachChild(child, visit, context);
      return ts.visitNode(root, visit) ?? root;
    },
  ]);
  return printer.printNode(ts.EmitHint.Unspecified, transformed[0] ?? node, node.getSourceFile());
}

function isHidden(node: ts.Node): boolean {
  if (!ts.isClassElement(node)) return false;
  const isPrivate =
    ts.canHaveModifiers(node) && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);
  return isPrivate === true || (node.name !== undefined && ts.isPrivateIdentifier(node.name));
}

function resolveAlias(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The package a file belongs to: what follows the last `node_modules/`, or the lib's folder in this workspace. */
function packageNameOf(fileName: string): string {
  const inModules = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(fileName)?.[1];
  return inModules ?? fileName.replace(/.*\/libs\/([^/]+)\/.*/, '@tramline/$1');
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;
