import { randomUUID } from 'node:crypto';
import { defineEvent } from '@tramline/core';
import { Registered } from '../../../scripts/soak/events.ts';
import { POISON, REFUSED_NUMBER } from '../checker/poisoned.ts';
import { between, type Family, type Scene } from './fault.ts';
import { BUSIEST_TOPIC } from './kills.ts';

const OF_EACH = 10;
const READERS = ['sms', 'email', 'points'] as const;
const TIMEOUT_MS = 30_000;

/** Without the class of the sample, which would refuse what we send. */
const Announced = defineEvent<{ userId: string; name: string; email: string; phone: string }>(BUSIEST_TOPIC, {
  key: 'userId',
});

/** Records that nobody can read, that break their contract, that one handler refuses, that one fails on for ever. */
export const POISON_FAULTS: Family = [
  {
    name: 'poison',
    async inject(scene) {
      for (let n = 0; n < OF_EACH; n++) {
        await append(scene, Buffer.from('{"userId": "7", "name"'), 'broken JSON');
        await append(scene, Buffer.from('{"userId":"7","name":"","email":"nobody"}'), 'not valid');
        await refused(scene);
        await failing(scene);
      }
    },
  },
];

async function append(scene: Scene, value: Uint8Array, what: string): Promise<void> {
  const { transport } = scene.world.bus;
  const partitions = await transport.partitionCount(BUSIEST_TOPIC);
  const target = { topic: BUSIEST_TOPIC, partition: between(scene, 0, partitions - 1) };
  const record = { key: Buffer.from(randomUUID()), value, headers: [] };
  const { baseOffset } = await transport.append(target, [record], { timeoutMs: TIMEOUT_MS });
  scene.poisoned.push({ ...target, offset: baseOffset, groups: READERS, what });
}

/** Only the gateway has something against it: the others serve it like everybody. */
async function refused({ world, poisoned }: Scene): Promise<void> {
  const userId = randomUUID();
  const email = `nobody.${userId}@example.com`;
  const phone = `${REFUSED_NUMBER}${poisoned.length}`;
  const receipt = await world.bus.events.publish(Announced, {
    userId,
    name: 'Nobody',
    email,
    phone,
  });
  poisoned.push({ ...receipt, groups: ['sms'], what: 'refused by the gateway', userId, email });
}

async function failing({ world, poisoned }: Scene): Promise<void> {
  const userId = `${POISON}-${randomUUID()}`;
  const receipt = await world.bus.events.publish(Registered, { userId, key: POISON, doomed: false });
  poisoned.push({ ...receipt, groups: ['witness'], what: 'a step that is poison' });
}
