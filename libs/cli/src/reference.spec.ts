import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { envOf } from '../spec-support/run-cli.js';
import { programOf } from './main.js';

const PAGE = fileURLToPath(new URL('../../../docs/cli.md', import.meta.url));
const BEGIN = '<!-- Written by: npx vitest run libs/cli/src/reference.spec.ts -u -->\n';

/** Commands that do something, in the order of the help. */
function leaves(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

it('docs/cli.md has the help of every command as it is', async () => {
  const program = programOf(envOf([]).env);
  const help = (command: Command) => {
    let text = '';
    command.configureOutput({ writeOut: (more) => (text += more), getOutHelpWidth: () => 100 });
    command.outputHelp();
    return text.trimEnd();
  };
  const all = [program, ...program.commands.flatMap(leaves)];
  const sections = all.map((command) => `### ${pathOf(command)}\n\n\`\`\`text\n${help(command)}\n\`\`\`\n`);
  const [prose = ''] = readFileSync(PAGE, 'utf8').split(BEGIN);
  await expect(`${prose}${BEGIN}\n${sections.join('\n')}`).toMatchFileSnapshot(PAGE);
});

it('every command says what it does, and shows examples that begin with its name', () => {
  const program = programOf(envOf([]).env);
  for (const command of program.commands.flatMap(leaves)) {
    let text = '';
    command.configureOutput({ writeOut: (more) => (text += more) });
    command.outputHelp();
    expect(command.summary()).not.toBe('');
    expect(text).toContain('Examples:');
    expect(text).toContain(pathOf(command));
    expect(text).toContain('--json');
  }
});
