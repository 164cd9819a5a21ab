import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const page = read('docs/guide/options.md');

/** What may be given at boot without Nest, and what Nest itself gives. */
const WITHOUT_NEST = ['handlers', 'overrides', 'clock', 'random', 'log'];

const bus = membersOf('libs/core/src/options.ts', 'TramlineOptions');
const inNest = membersOf('libs/nest/src/module/options.ts', 'TramlineModuleOptions');
const sections = {
  TramlineModule: [...bus.filter(({ name }) => !WITHOUT_NEST.includes(name)), ...inNest],
  'Without Nest': bus.filter(({ name }) => WITHOUT_NEST.includes(name)),
  consumer: membersOf('libs/core/src/options.ts', 'ConsumerOptions'),
  publisher: membersOf('libs/core/src/options.ts', 'PublisherOptions'),
  topics: membersOf('libs/core/src/options.ts', 'TopicOptions'),
  '@OnEvent': membersOf('libs/core/src/consume/handler.ts', 'HandlerOptions'),
  retry: membersOf('libs/core/src/failure/retry-policy.ts', 'RetryPolicy'),
  publish: membersOf('libs/core/src/publish/receipt.ts', 'PublishOptions'),
  redrive: membersOf('libs/core/src/ops/redriver.ts', 'RedriveOptions'),
};

describe.each(Object.entries(sections))('the table of %s', (title, members) => {
  const rows = rowsUnder(title);

  it('has every option, and no other', () => {
    expect(members.length).toBeGreaterThan(2);
    expect(rows.map(({ name }) => name).toSorted()).toEqual(members.map(({ name }) => name).toSorted());
  });

  it('gives the defaults that the code says', () => {
    const said = members.flatMap(({ name, initial }) => (initial === undefined ? [] : [{ name, initial }]));
    const shown = rows.filter(({ name }) => said.some((one) => one.name === name));
    const plain = ({ name, initial }: Row) => ({ name, initial: initial.replaceAll('`', '') });
    expect(shown.map(plain).toSorted(byName)).toEqual(said.map(plain).toSorted(byName));
  });
});

interface Row {
  readonly name: string;
  readonly initial: string;
}

const byName = (one: Row, other: Row) => one.name.localeCompare(other.name);

/** The properties of an interface, and the default that the comment of each says. */
function membersOf(
  path: string,
  name: string,
): { readonly name: string; readonly initial: string | undefined }[] {
  const [, body = ''] =
    new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(read(path)) ?? [];
  return [...body.matchAll(/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?^ {2}readonly (\w+)\??:/gm)].map(
    ([, comment = '', member = '']) => {
      const words = comment.replace(/^\s*\*|\/\*\*|\*\//gm, ' ').replace(/\s+/g, ' ');
      return { name: member, initial: /\bDefault:? (.+?)[.:;]? *(?:(?<=[.:;]) |$)/.exec(words)?.[1] };
    },
  );
}

/** The rows of the table under a heading: name and default. */
function rowsUnder(title: string): Row[] {
  const [, section = ''] = page.split(new RegExp(`^## \`?${title}(?!\\w).*$`, 'm'));
  const [own = ''] = section.split(/^## /m);
  return [...own.matchAll(/^\| `(\w+)` +\| (.*?) +\|/gm)].map(([, name = '', initial = '']) => ({
    name,
    initial,
  }));
}
