import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { post } from '../sample/support/sample-client.ts';
import { until } from '../sample/support/until.ts';
import { type Engine } from './engine/engine.ts';
import { findEngine } from './engine/find-engine.ts';
import { createProject } from './engine/project.ts';
import { SERVED_WITHIN } from './sample-in-containers.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

const REACTING = ['greeter', 'user-points'] as const;
const APPS = ['registration', ...REACTING] as const;
/** The exit code of what did not end by itself. */
const KILLED = 137;

describe('the docker-compose.yml of a workspace that tramline new made', () => {
  let workspace: Workspace;
  let engine: Engine;
  let users: string;
  let registered = 0;

  beforeAll(async () => {
    workspace = await createWorkspace();
    const ports = ['REGISTRATION', 'GREETER', 'USER_POINTS', 'KAFKA'];
    const project = await createProject(workspace.folder, ['docker-compose.yml'], ports);
    users = `http://127.0.0.1:${project.env['REGISTRATION_PORT']}/users`;
    engine = await findEngine(project);
    await engine.bringUp();
  });
  afterAll(async () => {
    await engine?.down({ volumes: true });
    workspace?.remove();
  });

  /** What every container wrote, where a test fails. */
  const showLogs = () =>
    onTestFailed(async () => {
      for (const name of [...APPS, 'kafka', 'postgres']) {
        const log = await engine.log(name).catch(String);
        console.error(`--- ${name}\n${log.slice(-3_000)}`);
      }
    });

  const register = async (count: number) => {
    for (const _ of Array.from({ length: count })) {
      const n = registered++;
      const answer = await post(users, { name: `Person ${n}`, email: `person.${n}@example.com` });
      expect(answer).toMatchObject({ status: 201 });
    }
  };

  /** How many have been handled, an event that came twice counted once; resolves when that is each who registered. */
  const handledBy = (service: string) =>
    until(
      `${service} to handle ${registered} registrations`,
      async () => {
        const log = stripVTControlCharacters(await engine.log(service));
        const lines = log.matchAll(/\[UserRegisteredHandler\] user\.registered (\S+):/g);
        const { size } = new Set([...lines].map(([, eventId]) => eventId));
        return size >= registered && size;
      },
      SERVED_WITHIN,
    );

  it('takes a registration to every service', async () => {
    showLogs();
    await register(1);
    for (const service of REACTING) expect(await handledBy(service)).toBe(registered);
  });

  it.each(APPS)('%s runs without rights, on a file system that cannot be written', async (name) => {
    expect((await engine.exec(name, 'id', '-u')).trim()).toBe('1000');
    expect(await engine.exec(name, 'cat', '/proc/1/status')).toMatch(/^CapEff:\s+0+$/m);
    await expect(engine.exec(name, 'touch', '/file')).rejects.toThrow('Read-only file system');
  });

  it('loses nobody while a service is killed and the broker restarts', async () => {
    showLogs();
    expect(await engine.kill('greeter')).toBe(KILLED);
    await register(5);
    expect(await handledBy('user-points')).toBe(registered);
    await engine.start('greeter');
    expect(await handledBy('greeter')).toBe(registered);

    // Registrations go on: they lie in the outbox until it is back.
    expect(await engine.stop('kafka')).not.toBe(KILLED);
    await register(5);
    await engine.start('kafka');
    for (const service of REACTING) expect(await handledBy(service)).toBe(registered);
  });

  it('stops by itself, and what was on its way arrives when it is up again', async () => {
    showLogs();
    const stop = async (name: string) => expect([name, await engine.stop(name)]).toEqual([name, 0]);
    for (const name of REACTING) await stop(name);
    // Nobody handles these before everything is down; and new containers have new logs.
    const before = registered;
    registered = 0;
    await register(5);
    await stop('registration');
    await engine.down();
    await engine.up();

    for (const service of REACTING) expect(await handledBy(service)).toBe(registered);
    const query = ['psql', '-U', 'registration', '-tAc', 'SELECT count(*) FROM users'];
    expect(Number(await engine.exec('postgres', ...query))).toBe(before + registered);
  });
});
