import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Checkout, createCheckout } from './checkout.ts';
import { startCommand } from './long-running.ts';
import { findFreePorts, isFree } from './ports.ts';
import { run } from './run.ts';

let checkout: Checkout;
beforeAll(async () => {
  checkout = createCheckout();
  await run('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], {
    cwd: checkout.folder,
    env: checkout.env,
  });
});
afterAll(() => checkout?.remove());

describe('a fresh checkout, installed with --ignore-scripts', () => {
  it('shows the whole flow after npm start, and stops cleanly on Ctrl-C', async () => {
    const port = await findFreePorts(4);
    const data = join(checkout.folder, '.tramline');
    const start = startCommand(['npm', 'start', '--', '--ports', `${port}`, '--data', data], checkout);
    onTestFinished(() => start.kill());
    await start.printed(/curl .*\/users/);

    const person = { name: 'Ada', email: 'ada@example.com', phone: '+41791234567' };
    const registered = await fetch(`http://127.0.0.1:${port}/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(person),
    });
    expect(registered.status).toBe(201);
    const { userId } = (await registered.json()) as { userId: string };

    const messages = (service: number, to: string) =>
      readJson<unknown[]>(`http://127.0.0.1:${port + service}/messages?to=${encodeURIComponent(to)}`);
    const points = () => readJson<{ balance: number }>(`http://127.0.0.1:${port + 3}/points/${userId}`);
    await expect.poll(() => messages(1, person.phone), { timeout: 30_000 }).toHaveLength(1);
    await expect.poll(() => messages(2, person.email), { timeout: 30_000 }).toHaveLength(2);
    await expect.poll(points, { timeout: 30_000 }).toMatchObject({ balance: 100 });

    expect(await start.interrupt()).not.toBe('SIGKILL');
    await expect.poll(() => isFree(port), { timeout: 30_000 }).toBe(true);
  });

  it('takes a fifth service in as the README tells', async () => {
    const { folder, env } = checkout;
    cpSync(join(folder, 'docs/coupon'), join(folder, 'apps/coupon'), { recursive: true });
    const solution = join(folder, 'tsconfig.json');
    const text = readFileSync(solution, 'utf8');
    writeFileSync(solution, text.replace('"references": [', '"references": [{ "path": "apps/coupon" },'));
    await run('npm', ['install', '--ignore-scripts', '--prefer-offline'], { cwd: folder, env });

    const port = await findFreePorts(5);
    const start = startCommand(['npm', 'start', '--', '--ports', `${port}`, '--only', 'coupon'], checkout);
    onTestFinished(() => start.kill());
    await start.printed(/coupon .*127\.0\.0\.1/);
    expect(await readJson(`http://127.0.0.1:${port + 4}/coupons/nobody`)).toEqual([]);
    expect(await start.interrupt()).not.toBe('SIGKILL');
  });

  it("leads to a system of one's own in ten minutes, as the README tells", async () => {
    const [make = '', use = ''] = readCommands(join(checkout.folder, 'README.md'), '## Ten minutes');
    expect(readCommands(join(checkout.folder, 'README.zh-CN.md'), '## 十分钟')).toEqual([make, use]);
    const ports = [3000, 3001, 3002];
    expect(
      await Promise.all(ports.map(isFree)),
      `The README starts services at the ports ${ports.join()}`,
    ).toEqual(ports.map(() => true));

    const start = startCommand(['bash', '-e', '-c', make], checkout);
    onTestFinished(() => start.kill());
    for (const name of ['registration', 'greeter', 'billing'])
      await start.printed(new RegExp(`${name} .*ready at`));
    await run('bash', ['-e', '-c', use], { cwd: checkout.folder, env: checkout.env });
    await start.printed(/greeter .*\[UserRegisteredHandler\] user\.registered/);
    await start.printed(/billing .*\[OrderPlacedHandler\] order\.placed/);
    expect(await start.interrupt()).not.toBe('SIGKILL');
  });

  it('builds and starts one app with the Nest command', async () => {
    await run('npx', ['nest', 'build', 'sms'], { cwd: checkout.folder, env: checkout.env });
    const start = startCommand(['npx', 'nest', 'start', 'sms'], checkout, {
      PORT: `${await findFreePorts(1)}`,
      TRAMLINE_DATA: join(checkout.folder, '.tramline-nest'),
    });
    onTestFinished(() => start.kill());
    await start.printed(/Nest application successfully started/);
    expect(await start.interrupt()).not.toBe('SIGKILL');
  });
});

async function readJson<T>(url: string): Promise<T | undefined> {
  const response = await fetch(url);
  return response.ok ? ((await response.json()) as T) : undefined;
}

/** The shell commands of a section, block by block. */
function readCommands(path: string, heading: string): readonly string[] {
  const [, section = ''] = readFileSync(path, 'utf8').split(`\n${heading}\n`);
  const [own = ''] = section.split('\n## ');
  return [...own.matchAll(/```sh\n([^]*?)```/g)].map(([, commands]) => commands!);
}
