import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  ConfigurationError,
  silentLog,
  Tramline,
  type RetryPolicy,
  type ConsumerOptions,
} from '@tramline/core';
import { embedded } from '@tramline/embedded';
import { DiscardError, EventContract, NonRetryableError, OnEvent, TramlineModule } from '@tramline/nest';
import { TestBus as CoreTestBus } from '@tramline/testing';
import { TestBus } from '@tramline/testing/nest';
import { describe, expect, it, onTestFinished } from 'vitest';

@EventContract('order.placed', { key: 'orderId' })
class OrderPlaced {
  orderId!: string;
}

class UnknownAddressError extends Error {}
class GatewayAwayError extends Error {}

const directory = '.tramline';

const sms = async (orderId: string): Promise<number> => {
  if (orderId === 'away') throw new GatewayAwayError('503');
  return orderId === 'gone' ? 410 : orderId === 'wrong' ? 422 : 200;
};

@Injectable()
class Texts {
  // #region errors
  @OnEvent(OrderPlaced, { id: 'text', retry: 'gateway' })
  async text({ orderId }: OrderPlaced): Promise<void> {
    const status = await sms(orderId);
    if (status === 422) throw new NonRetryableError('the gateway refuses the text'); // a dead letter at once
    if (status === 410) throw new DiscardError('the order was withdrawn'); // done, and no letter
  }
  // #endregion
}

@Module({
  imports: [
    // #region policies
    TramlineModule.forRoot({
      service: 'texts',
      transport: embedded({ directory }),
      consumer: { retryTiers: ['1s', '10s', '1m', '10m'] },
      retry: { inPlace: 3, delays: ['10s', '1m', '10m'] }, // of handlers without their own
      policies: {
        gateway: {
          delays: ['1s', '10s', '10m', '10m'],
          on: [
            [UnknownAddressError, 'dead'],
            [(error) => error.message === 'busy', { inPlace: 1, delays: ['1m', '1m'] }],
          ],
        },
      },
    }),
    // #endregion
  ],
  providers: [Texts],
})
class TextsModule {}

describe('policies', () => {
  it('do what the page says', async () => {
    const builder = Test.createTestingModule({ imports: [TextsModule] });
    const test = TestBus.attach(builder);
    const app = await builder.compile();
    await app.init();
    onTestFinished(async () => {
      await app.close();
      await test.close();
    });
    for (const orderId of ['away', 'wrong', 'gone']) await test.publish(OrderPlaced, { orderId });
    await test.idle();
    expect(test.deadLetters()).toMatchObject([{ event: { orderId: 'wrong' }, reason: 'non-retryable' }]);
    await test.advance('21m');
    expect(test.deadLetters()[1]).toMatchObject({ reason: 'retries-exhausted', attempts: 15 });
  });
});

describe('delays', () => {
  it.each([
    { delay: '3s', waited: '10s' },
    { delay: '15s', waited: '20s' },
    { delay: '90s', waited: '90s' },
  ] as const)('of $delay take $waited over the default tiers', async ({ delay, waited }) => {
    const { bus, attempts } = await failing({ inPlace: 1, delays: [delay] });
    await bus.advance(Number(waited.slice(0, -1)) * 1_000 - 1_000);
    expect(attempts).toHaveLength(1);
    await bus.advance('3s');
    expect(attempts).toHaveLength(2);
  });

  it('without a policy are 10 s, 1 m, 10 m and then 24 times an hour, of three attempts each', async () => {
    const { bus, attempts } = await failing(undefined);
    await bus.advance('25h');
    expect(attempts).toHaveLength(28 * 3);
    expect(bus.deadLetters()).toMatchObject([{ reason: 'retries-exhausted', attempts: 84 }]);
  });

  it('that take too many hops over short tiers are refused at boot', async () => {
    await expect(failing({ delays: ['1m'] }, { retryTiers: ['1s'] })).rejects.toThrow(ConfigurationError);
  });
});

async function failing(retry: RetryPolicy | undefined, consumer: ConsumerOptions = {}) {
  const attempts: number[] = [];
  const bus = new CoreTestBus();
  onTestFinished(() => bus.close());
  const run = () => {
    attempts.push(bus.clock.now());
    throw new Error('not today');
  };
  const shop = bus.create({
    service: 'shop',
    consumer,
    handlers: [{ id: 'fails', events: [OrderPlaced], run, ...(retry && { retry }) }],
  });
  await shop.start();
  await bus.publish(OrderPlaced, { orderId: 'o1' });
  await bus.idle();
  return { bus, attempts };
}

describe('the script for dead letters', () => {
  it('lists, tries, redrives and discards beside the running service', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tramline-letters-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    let broken = true;
    const done: string[] = [];
    const run = ({ orderId }: OrderPlaced) => {
      if (broken || orderId === 'o2') throw new NonRetryableError('the gateway says no');
      done.push(orderId);
    };
    const shop = new Tramline({
      service: 'shop',
      transport: embedded({ directory }),
      handlers: [{ id: 'text', events: [OrderPlaced], run }],
      log: silentLog,
    });
    onTestFinished(() => shop.close());
    await shop.start();
    await shop.events.publish(OrderPlaced, { orderId: 'o1' });
    const script = async (...words: string[]) => {
      const path = join(import.meta.dirname, '..', '..', 'docs', 'snippets', 'dead-letters.ts');
      const { stdout } = await promisify(execFile)(process.execPath, [path, directory, 'shop', ...words]);
      return stdout;
    };

    await expect
      .poll(() => script('list'), { timeout: 30_000 })
      .toMatch(/order\.placed o1 {2}text {2}non-retryable after 1 attempts: the gateway says no/);
    expect(await script('try', 'text')).toContain('redriven: 1');
    expect(await script('try', 'other')).toContain('redriven: 0');
    broken = false;
    expect(await script('redrive', 'text')).toContain('redriven: 1');
    await expect.poll(() => done, { timeout: 30_000 }).toEqual(['o1']);
    expect(await script('list')).toBe('');

    await shop.events.publish(OrderPlaced, { orderId: 'o2' });
    await expect.poll(() => script('list'), { timeout: 30_000 }).toContain(' o2 ');
    expect(await script('discard')).toBe('1\n');
    expect(await script('list')).toBe('');
  });
});
