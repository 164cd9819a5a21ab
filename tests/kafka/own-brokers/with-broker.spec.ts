import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freePorts, isFree } from '../../sample/support/ports.ts';
import { StartScript } from '../../sample/support/start-script.ts';
import { describeWithOwnBrokers } from '../support/broker.ts';

describeWithOwnBrokers('npm start -- --transport kafka --with-broker', () => {
  it('starts a Kafka, runs the sample on it, and stops it after the services', async () => {
    const data = await mkdtemp(join(tmpdir(), 'tramline-start-'));
    const at = ['--ports', `${await freePorts(4)}`, '--data', data];
    const script = new StartScript(...at, '--transport', 'kafka', '--with-broker');
    onTestFinished(async () => {
      await script.stop();
      await rm(data, { recursive: true, force: true });
    });
    const [, port] = await script.printed(/Kafka \(Java\) is ready at 127\.0\.0\.1:(\d+)/);
    await script.printed(/email +\| .*: 100 points/);
    expect(await isFree(Number(port))).toBe(false);
    expect(await script.stop()).toBe(0);
    expect(await isFree(Number(port))).toBe(true);
  });
});
