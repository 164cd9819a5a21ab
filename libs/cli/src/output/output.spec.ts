import { expect, it } from 'vitest';
import { envOf } from '../../spec-support/run-cli.js';
import { Output } from './output.js';

const RED = '\u001b[31mbad\u001b[0m';

it.each([
  ['on a terminal', { columns: 80 }, {}, RED],
  ['not when piped', {}, {}, 'bad'],
  ['not with --no-color', { columns: 80 }, { color: false }, 'bad'],
  ['not with NO_COLOR', { columns: 80, variables: { NO_COLOR: '1' } }, {}, 'bad'],
])('colours %s', (_, world, flags, text) => {
  expect(new Output(envOf([], world).env, flags).paint(31, 'bad')).toBe(text);
});

it('says one thing to people and another to programs', async () => {
  for (const [json, expected] of [
    [false, 'line\nNAME\na\nnothing\n'],
    [true, '{"a":1}\n'],
  ] as const) {
    const { env, out, err } = envOf([]);
    const output = new Output(env, { json });
    await output.line('line');
    await output.table(['NAME'], [['a']]);
    await output.table(['NAME'], [], 'nothing');
    await output.json({ a: 1 });
    await output.note('by the way');
    expect([out.join(''), err.join('')]).toEqual([expected, 'by the way\n']);
  }
});
