import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Checkout, createCheckout } from './checkout.ts';
import { startCommand } from './long-running.ts';
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

/** The first of so many ports in a row that are free now. */
async function findFreePorts(count: number): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 20_000);
    const free = await Promise.all(Array.from({ length: count }, (_, i) => isFree(first + i)));
    if (free.every(Boolean)) return first;
    await delay(0);
  }
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
