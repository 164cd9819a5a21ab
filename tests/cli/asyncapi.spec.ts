import specs from '@asyncapi/specs';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliWorld } from './support/world.ts';

let world: CliWorld;
beforeEach(() => {
  world = new CliWorld();
});
afterEach(() => world.close());

/**
 * By the official schemas of AsyncAPI. Its parser brings 170 packages, one of them with an install script, so it judges in a
 * project of its own: tests/packages/asyncapi.spec.ts. What it adds is that references lead somewhere, which `dangling` looks for.
 */
function faultsOf(document: object): unknown[] {
  const ajv = new Ajv({ strict: false, allErrors: true });
  (formats as unknown as (ajv: Ajv) => void)(ajv);
  const validate = ajv.compile(specs.schemasWithoutId['3.0.0'] as object);
  return validate(document) ? dangling(document) : (validate.errors ?? []);
}

function dangling(document: object): string[] {
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/(.+?)"/g)].map(([, path]) => path!);
  return refs.filter((path) => {
    let at: unknown = document;
    for (const name of path.split('/')) at = (at as Record<string, unknown> | undefined)?.[name];
    return at === undefined;
  });
}

describe('tramline asyncapi', () => {
  it('describes contracts, handlers, tiers, dead letters, headers and policies', async () => {
    world.configure(`
      import { Tramline, defineEvent } from '{{@tramline/core}}';
      import { embedded } from '{{@tramline/embedded}}';
      class GatewayError extends Error {}
      const Placed = defineEvent('order.placed', { key: 'id' });
      const Paid = defineEvent('order.paid', { key: null, topic: 'orders' });
      export default {
        contracts: [defineEvent('order.sent', { key: (order) => order.id, topic: 'orders' })],
        namespace: 'test',
        app: () => new Tramline({
          service: 'shop',
          transport: embedded({ directory: 'log' }),
          consumer: { retryTiers: ['10s', '1m'] },
          handlers: [
            { id: 'invoice', events: [Placed, Paid], run() {}, retry: { inPlace: 2, delays: ['10s', '70s'], on: [[GatewayError, 'dead']] } },
            { id: 'screen', events: [Placed], run() {}, delivery: 'broadcast', group: 'screens' },
          ],
        }),
      };
    `);
    const { exit, stdout, stderr } = await world.run([
      'asyncapi',
      '--brokers',
      'k1:9092,k2:9092',
      '--title',
      'Shop',
    ]);
    expect([exit, stderr]).toEqual([0, '']);
    await expect(stdout).toMatchFileSnapshot('examples/asyncapi.txt');
    const json = await world.run(['asyncapi', '--json', '--output', 'shop.json']);
    expect(json).toMatchObject({ exit: 0, stdout: '' });
    const document = JSON.parse(readFileSync(join(world.folder, 'shop.json'), 'utf8')) as object;
    expect(faultsOf(document)).toEqual([]);
    expect(faultsOf({ ...document, channels: { 'no name': 3 } })).not.toEqual([]);
  });

  it('describes applications of Nest, with their payloads, without starting them', async () => {
    const apps = join(import.meta.dirname, '..', '..', 'apps');
    world.configure(`
      export default {
        app: ['registration', 'sms', 'email', 'points'].map((name) => async () =>
          (await import('${apps}/' + name + '/dist/app.module.js')).AppModule),
      };
    `);
    const variables = { TRAMLINE_DATA: join(world.folder, 'data') };
    const { exit, stdout, stderr } = await world.run(['asyncapi', '--json'], { variables });
    expect([exit, stderr]).toEqual([0, '']);
    const document = JSON.parse(stdout) as {
      operations: Record<string, object>;
      components: { messages: Record<string, { payload: object }> };
    };
    expect(faultsOf(document)).toEqual([]);
    expect(document.components.messages['user.registered']!.payload).toEqual({
      type: 'object',
      properties: {
        email: { type: 'string', format: 'email' },
        name: { type: 'string' },
        phone: { type: 'string', pattern: '^\\+[1-9]\\d{6,14}$' },
        userId: { type: 'string', format: 'uuid' },
      },
      required: ['email', 'name', 'phone', 'userId'],
    });
    expect(document.operations['sms.welcome-sms']).toMatchObject({
      action: 'receive',
      channel: { $ref: '#/channels/user.registered' },
      'x-tramline': { group: 'sms', retry: { on: [{ error: 'MessageRefusedError', action: 'dead' }] } },
    });
  });

  it('tells what keeps it from knowing the application', async () => {
    expect(await world.run(['asyncapi'])).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("Export 'app' or 'contracts'"),
    });
    world.configure(`export default { app: async () => { throw new Error('DATABASE_URL is missing'); } };`);
    const { exit, stdout, stderr } = await world.run(['asyncapi']);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^tramline: Application 1 of .*tramline\.config\.mjs cannot be built: DATABASE_URL is missing\n$/,
    );
  });
});
