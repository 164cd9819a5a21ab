import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { person, SampleClient } from './support/sample-client.ts';
import { ROOT, SampleSystem } from './support/sample-system.ts';
import type { ServiceProcess } from './support/service-process.ts';
import { until } from './support/until.ts';

const PEOPLE = 200;

describe('two sms processes', () => {
  let system: SampleSystem | undefined;
  afterEach(() => system?.close());

  it('share the work, and one takes over when the other is killed', async () => {
    system = await SampleSystem.start();
    const client = new SampleClient(system);
    const first = system.get('sms');
    const all = await partitionsOf(first);
    const second = await system.join('sms', join(ROOT, 'apps', 'sms', 'dist', 'main.js'));
    await until('both to have partitions', async () => {
      const [mine, yours] = await Promise.all([partitionsOf(first), partitionsOf(second)]);
      return mine > 0 && yours > 0 && mine + yours === all;
    });

    const people = Array.from({ length: PEOPLE }, (_, n) => person(n));
    const [before, after] = [people.slice(0, PEOPLE / 2), people.slice(PEOPLE / 2)];
    await Promise.all(before.map((somebody) => client.register(somebody)));
    await until('each to have sent', () => [first, second].every(({ output }) => output.includes('SMS to')));
    await second.crash();
    await Promise.all(after.map((somebody) => client.register(somebody)));

    await until('an SMS for everybody', async () => (await client.sms()).length >= PEOPLE);
    expect((await client.sms()).map(({ to }) => to).sort()).toEqual(people.map(({ phone }) => phone).sort());
    expect(await partitionsOf(first)).toBe(all);
  });
});

async function partitionsOf({ url }: ServiceProcess): Promise<number> {
  const response = await fetch(`${url}/health`);
  const { groups } = (await response.json()) as { groups: { partitions: number }[] };
  return groups.reduce((sum, { partitions }) => sum + partitions, 0);
}
