import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { freePorts, isFree } from './support/ports.ts';
import { post } from './support/sample-client.ts';
import { StartScript } from './support/start-script.ts';
import { until } from './support/until.ts';

describe('npm start', () => {
  const started: StartScript[] = [];
  let data: string;
  let port: number;

  const start = (...args: string[]) => {
    const script = new StartScript('--ports', String(port), '--data', data, ...args);
    started.push(script);
    return script;
  };

  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'tramline-start-'));
    port = await freePorts(4);
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((script) => script.stop()));
    await rm(data, { recursive: true, force: true });
  });

  it('shows every address and one line to try, registers somebody, and stops everything on Ctrl-C', async () => {
    const script = start();
    for (const address of [
      `${port}/`,
      `${port + 1}/messages`,
      `${port + 2}/messages`,
      `${port + 3}/points`,
    ]) {
      await script.printed(new RegExp(`http://127\\.0\\.0\\.1:${address}`));
    }
    await script.printed(/registration \| 201 \{"userId":/);
    await script.printed(/sms +\| .*SMS to \+\d+: welcome/);
    await script.printed(/email +\| .*: welcome/);
    await script.printed(/email +\| .*: 100 points/);
    await script.printed(/points +\| .*100 points for/);

    // Not run by a shell: not every machine has curl.
    const curl = /^ {2}curl -i (\S+) -H 'content-type: application\/json' -d '([^']+)'$/m;
    const [, url, body] = await script.printed(curl);
    expect((await post(url!, body)).status).toBe(201);

    expect(await script.stop()).toBe(0);
    // Every port is free again.
    expect(await Promise.all([0, 1, 2, 3].map((i) => isFree(port + i)))).toEqual([true, true, true, true]);
    // The terminal is no TTY here, so nothing may be coloured.
    expect(script.output).not.toContain('\u001b[');
  });

  it('names a port that is taken, and starts nothing', async () => {
    const squatter = createServer().listen(port + 2, '127.0.0.1');
    await once(squatter, 'listening');
    try {
      const script = start();
      expect(await script.exit()).toBe(1);
      expect(script.output).toContain(`Port ${port + 2}, which email needs, is taken`);
      expect(script.output).toContain('--ports');
      expect(script.output).not.toContain('registration |');
    } finally {
      squatter.close();
    }
  });

  it('names a service that died and starts it again', async () => {
    const script = start('--only', 'points');
    const [, pid] = await script.printed(/\[points\] (\d+) .*successfully started/);
    process.kill(Number(pid), 'SIGKILL');
    await script.printed(/points +\| died \(killed by SIGKILL\); starting it again in 0\.2 s/);
    await until('the second life to take part', async () => {
      const response = await fetch(`http://127.0.0.1:${port + 3}/health`).catch(() => undefined);
      return response?.ok;
    });
    expect(script.output.split('successfully started')).toHaveLength(3);
  });

  it('starts one service alone beside others', async () => {
    const most = start('--only', 'registration,email', '--only', 'points');
    await most.printed(/registration \| 201 /);
    expect(most.output).not.toMatch(/^sms +\|/m);
    const sms = start('--only', 'sms');
    await sms.printed(/SMS to \+\d+: welcome/);
  });

  it.each([
    [['--ports', 'many'], '--ports is "many"'],
    [['--ports', '65534'], '--ports is "65534"'],
    [['--only', 'fax'], 'no such service, choose from registration, sms, email, points'],
    [['--data', ''], '--data is empty'],
    [['--transport', 'amqp'], '--transport is "amqp"'],
    [['--with-broker'], '--with-broker is for Kafka'],
    [['--transport', 'kafka', '--brokers', 'kafka'], '--brokers has "kafka"'],
    [['--verbose'], "'--verbose'"],
    [['fast'], "'fast'"],
  ])('refuses %j with the usage', async (args, message) => {
    const script = new StartScript(...args);
    expect(await script.exit()).toBe(2);
    expect(script.output).toContain(message);
    expect(script.output).toContain('npm start -- [options]');
  });

  it('says how to get a Kafka where nothing starts one, and starts no service', async () => {
    vi.stubEnv('PATH', data);
    vi.stubEnv('KAFKA_BROKERS', '');
    const script = start('--transport', 'kafka', '--with-broker');
    vi.unstubAllEnvs();
    expect(await script.exit()).toBe(1);
    expect(script.output).toContain('There is no Kafka to use');
    expect(script.output).not.toContain('registration |');
  });

  it('says when no broker answers, and goes on waiting for it', async () => {
    const nowhere = `127.0.0.1:${await freePorts(1)}`;
    const script = start('--transport', 'kafka', '--brokers', nowhere, '--only', 'points');
    await script.printed(new RegExp(`No broker answers at ${nowhere}`));
    await until('the service to say that it is not ready', async () => {
      const response = await fetch(`http://127.0.0.1:${port + 3}/health`).catch(() => undefined);
      return response?.status === 503;
    });
    await script.stop();
    expect(script.output).not.toContain('died');
  });

  it('explains itself', async () => {
    const script = new StartScript('--help');
    expect(await script.exit()).toBe(0);
    expect(script.output).toContain('--only <name>');
  });
});
