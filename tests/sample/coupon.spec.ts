import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { person, SampleClient } from './support/sample-client.ts';
import { ROOT, SampleSystem } from './support/sample-system.ts';
import { until } from './support/until.ts';

const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc');

const COUPON = join(ROOT, 'docs', 'coupon');

/** The tutorial of the README: a fifth service beside four that do not change. */
describe('the welcome coupon of the tutorial', () => {
  let system: SampleSystem;

  beforeAll(async () => {
    execFileSync(process.execPath, [TSC, '-p', COUPON], { stdio: 'inherit' });
    system = await SampleSystem.start();
  });
  afterAll(() => system?.close());

  it('joins a running system and gives a coupon to everybody, those before it included', async () => {
    const client = new SampleClient(system);
    const before = await client.register(person(1));
    await until('the others to have reacted', async () => (await client.mails(person(1).email)).length === 2);

    const coupon = await system.join('coupon', join(COUPON, 'dist', 'main.js'));
    const after = await client.register(person(2));

    for (const userId of [before, after]) {
      const coupons = await until(`the coupon of ${userId}`, async () => {
        const list = (await (await fetch(`${coupon.url}/coupons/${userId}`)).json()) as { subject: string }[];
        return list.length > 0 && list;
      });
      expect(coupons).toHaveLength(1);
      expect(coupons[0]?.subject).toMatch(/^WELCOME-\d+$/);
    }
    await until('the others to go on', async () => (await client.mails(person(2).email)).length === 2);
    await until('both SMSs', async () => (await client.sms()).length === 2);
  });
});
