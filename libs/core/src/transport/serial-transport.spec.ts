import { MemoryBroker, SeededRandom, VirtualClock } from '@tramline/testing';
import { expect, it } from 'vitest';
import { silentLog } from '../log/log.js';
import type { Transport } from './transport.js';
import { SerialTransport } from './serial-transport.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const record = (text: string) => ({ key: null, value: bytes(text), headers: [] });

async function opened() {
  const clock = new VirtualClock();
  const broker = new MemoryBroker({ clock });
  const inner: Transport = broker.open({ clock, random: new SeededRandom(1), log: silentLog, clientId: 'c' });
  await inner.topics.create([{ name: 't', partitions: 2, cleanup: 'delete' }]);
  let underWay = 0;
  let most = 0;
  const append = inner.append.bind(inner);
  inner.append = async (...call) => {
    most = Math.max(most, ++underWay);
    return append(...call).finally(() => underWay--);
  };
  return { clock, broker, serial: new SerialTransport(inner, clock), most: () => most };
}

const options = { timeoutMs: 1_000 };

it('lets one append at a time into a partition, in the order of the calls', async () => {
  const { serial, broker, most } = await opened();
  const target = { topic: 't', partition: 0 };
  const appended = ['a', 'b', 'c'].map((text) => serial.append(target, [record(text)], options));
  expect((await Promise.all(appended)).map(({ baseOffset }) => baseOffset)).toEqual([0, 1, 2]);
  expect(most()).toBe(1);
  expect(broker.records('t').map(({ value }) => new TextDecoder().decode(value!))).toEqual(['a', 'b', 'c']);
});

it('lets partitions go beside each other', async () => {
  const { serial, most } = await opened();
  await Promise.all(
    [0, 1].map((partition) => serial.append({ topic: 't', partition }, [record('a')], options)),
  );
  expect(most()).toBe(2);
});

it('goes on after an append that failed', async () => {
  const { serial, broker } = await opened();
  broker.failNext('append');
  const target = { topic: 't', partition: 0 };
  const failing = serial.append(target, [record('a')], options);
  const next = serial.append(target, [record('b')], options);
  await expect(failing).rejects.toMatchObject({ code: 'TRAMLINE_AWAY' });
  await expect(next).resolves.toMatchObject({ baseOffset: 0 });
});

it('counts the wait as part of the time of who waits, and never lets two in', async () => {
  const { clock, serial, broker, most } = await opened();
  broker.setAway(true);
  const target = { topic: 't', partition: 0 };
  const slow = serial.append(target, [record('a')], { timeoutMs: 5_000 });
  const late = serial.append(target, [record('b')], { timeoutMs: 1_000 });
  const refused = late.catch((error: unknown) => error);
  await clock.advance('2s');
  expect(await refused).toMatchObject({ code: 'TRAMLINE_AWAY', outcome: 'not-written' });
  const last = serial.append(target, [record('c')], { timeoutMs: 5_000 });
  await clock.advance('1s');
  broker.setAway(false);
  await Promise.all([slow, last]);
  expect(most()).toBe(1);
  expect(broker.records('t').map(({ value }) => new TextDecoder().decode(value!))).toEqual(['a', 'c']);
  expect(clock.pending).toBe(0);
});
