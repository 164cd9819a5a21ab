import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logFolder, type LogFolder } from '../spec-support/log.js';
import { runCli, type CliWorld } from '../spec-support/run-cli.js';

let log: LogFolder;
beforeEach(async () => {
  log = await logFolder(['order.placed']);
});
afterEach(() => log.close());

const remove = (world: CliWorld, ...flags: string[]) =>
  runCli(['topics', 'delete', 'order.placed', ...flags], { cwd: log.folder, ...world });
const left = async () => (await log.ops.topics.list()).map(({ name }) => name);

describe('before something is destroyed', () => {
  it('a person is asked, and no means that nothing is changed', async () => {
    const said = await remove({ columns: 80, answer: false });
    expect(said).toMatchObject({ exit: 4, stdout: '' });
    expect(said.stderr).toBe("Delete 'order.placed' with 0 records?\ntramline: Nothing was changed.\n");
    expect(await left()).toEqual(['order.placed']);
    expect(await remove({ columns: 80, answer: true })).toMatchObject({ exit: 0 });
    expect(await left()).toEqual([]);
  });

  it('nobody is asked who said --yes, or --dry-run', async () => {
    expect(await remove({ columns: 80, answer: false }, '--dry-run')).toMatchObject({ exit: 0, stderr: '' });
    expect(await left()).toEqual(['order.placed']);
    expect(await remove({ columns: 80, answer: false }, '--yes')).toMatchObject({ exit: 0, stderr: '' });
    expect(await left()).toEqual([]);
  });

  it.each<[string, CliWorld]>([
    ['stdin is no terminal', { columns: 80, stdin: 'y\n', answer: true }],
    ['stderr is none', { answer: true }],
  ])('nobody is asked and it is refused where %s', async (_, world) => {
    const { exit, stderr } = await remove(world);
    expect([exit, stderr]).toEqual([4, expect.stringContaining('Nobody can be asked here: add --yes')]);
    expect(await left()).toEqual(['order.placed']);
  });
});
