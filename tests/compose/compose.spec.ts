import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { allReactions, reactionsTo } from '../sample/support/reactions.ts';
import { type Person, person } from '../sample/support/sample-client.ts';
import { Registering } from './registering.ts';
import { APPS, SampleInContainers, SERVED_WITHIN } from './sample-in-containers.ts';

const OTHERS = ['kafka', 'postgres', 'mail'] as const;
const PEOPLE = 200;
/** The exit code of what did not end by itself. */
const KILLED = 137;

describe('docker-compose.yml', () => {
  let system: SampleInContainers;

  beforeAll(async () => {
    system = await SampleInContainers.prepare('docker-compose.yml');
    await system.engine.bringUp();
  });
  afterAll(() => system?.engine.down({ volumes: true }));

  /** What every container wrote, where a test fails. */
  const showLogs = () =>
    onTestFailed(async () => {
      for (const name of [...APPS, ...OTHERS]) {
        const log = await system.engine.log(name).catch(String);
        console.error(`--- ${name}\n${log.slice(-3_000)}`);
      }
    });

  it('answers a registration with one SMS, two mails and 100 points, and its page can read them', async () => {
    showLogs();
    const ada = person(1);
    const { userId, ...reactions } = await reactionsTo(system.client, ada, SERVED_WITHIN);
    expect(reactions).toEqual(allReactions(ada));

    const { url } = system.get('registration');
    expect((await fetch(url)).headers.get('content-type')).toContain('text/html');
    const watched = (await (await fetch(`${url}/services.json`)).json()) as { title: string; url: string }[];
    const seen = await Promise.all(
      watched.map(async ({ title, url: template }) => {
        const values = { ...ada, userId };
        const address = template.replace(/\{(\w+)\}/g, (_, field: keyof typeof values) =>
          encodeURIComponent(values[field]),
        );
        const answer = await fetch(address, { headers: { origin: url } });
        const body = (await answer.json()) as unknown[] | { entries: unknown[] };
        const count = Array.isArray(body) ? body.length : body.entries.length;
        return [title, count, answer.headers.has('access-control-allow-origin')];
      }),
    );
    expect(seen).toEqual([
      ['SMS', 1, true],
      ['E-mail', 2, true],
      ['Points', 1, true],
    ]);
    const page = await fetch(system.get('mail').url);
    expect(page.headers.get('content-type')).toContain('text/html');
  });

  it.each([...APPS, 'mail'])(
    '%s runs without rights, on a file system that cannot be written',
    async (name) => {
      showLogs();
      const { engine } = system;
      expect((await engine.exec(name, 'id', '-u')).trim()).toBe('1000');
      // All that the kernel lets its process do beyond any user's rights: nothing.
      expect(await engine.exec(name, 'cat', '/proc/1/status')).toMatch(/^CapEff:\s+0+$/m);
      await expect(engine.exec(name, 'touch', '/file')).rejects.toThrow('Read-only file system');
    },
  );

  it.each([...APPS, ...OTHERS])('%s can be reached from this machine alone', async (name) => {
    type Bindings = Readonly<Record<string, readonly { readonly HostIp: string }[] | null>>;
    const ports = await system.engine.inspect<Bindings>(name, '.NetworkSettings.Ports');
    const hosts = Object.values(ports).flatMap((bindings) => (bindings ?? []).map(({ HostIp }) => HostIp));
    expect(hosts.filter((host) => host !== '127.0.0.1')).toEqual([]);
  });

  it('loses nobody while each app is killed, the database is killed and the broker restarts', async () => {
    showLogs();
    const { engine } = system;
    const people = Array.from({ length: PEOPLE }, (_, n) => person(1_000 + n));
    const registering = new Registering(system, people);
    const faults = [
      ...[...APPS, 'postgres'].map((name) => async () => {
        expect([name, await engine.kill(name)]).toEqual([name, KILLED]);
        await engine.start(name);
      }),
      async () => {
        expect(await engine.stop('kafka')).not.toBe(KILLED);
        await engine.start('kafka');
      },
    ];
    const disturbing = (async () => {
      for (const [i, fault] of faults.entries()) {
        await registering.reached((i + 1) / (faults.length + 1));
        await fault();
      }
    })();
    await Promise.all([registering.done, disturbing]);

    expect(await system.query('SELECT count(*) FROM registration.users')).toBe(String(PEOPLE + 1));
    await system.untilServed(people);
  });

  it('stops within its grace period, and what was on its way arrives when it is up again', async () => {
    showLogs();
    const { client, engine } = system;
    const stop = async (name: string) => expect([name, await engine.stop(name)]).toEqual([name, 0]);
    const people = Array.from({ length: 20 }, (_, n) => person(2_000 + n));
    const register = (some: readonly Person[]) => Promise.all(some.map((one) => client.register(one)));
    await register(people.slice(0, 10));
    for (const name of ['sms', 'email', 'points']) await stop(name);
    // Nobody handles these before everything is down.
    await register(people.slice(10));
    await stop('registration');

    await engine.down();
    await engine.up();

    await system.untilServed(people);
    // Whoever was served before is not served again, and what they have is kept.
    expect(await client.sms(person(1).phone)).toHaveLength(1);
    expect(await client.mails(person(1).email)).toHaveLength(2);
    const next = person(3_000);
    expect(await reactionsTo(client, next, SERVED_WITHIN)).toMatchObject(allReactions(next));
  });
});
