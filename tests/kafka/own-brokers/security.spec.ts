import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log, OutgoingRecord } from '@tramline/core';
import type { KafkaOptions } from '@tramline/kafka';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KafkaCluster } from '../../../scripts/kafka/cluster.ts';
import { freePorts } from '../../../scripts/kafka/ports.ts';
import { tramline } from '../../cli/support/tramline.ts';
import { describeWithOwnBrokers } from '../support/broker.ts';
import { KafkaWorld } from '../support/kafka-world.ts';
import { Certificates, type Identity } from './certificates.ts';

const PASSWORD = 'correct-horse-battery-staple';
const hello: OutgoingRecord = { key: null, value: Buffer.from('hello'), headers: [] };

/** A token that names who we are and that nobody signed; the broker is told to take such. */
function token(expiresInSeconds: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1_000);
  return `${part({ alg: 'none' })}.${part({ sub: 'ann', iat: now - 7_200, exp: now + expiresInSeconds })}.`;
}

describeWithOwnBrokers('a broker that asks who we are', () => {
  let folder: string;
  let cluster: KafkaCluster;
  let world: KafkaWorld;
  let authority: Certificates;
  let client: Identity;
  let expired: Identity;
  let stranger: Identity;
  let ports: { readonly tls: number; readonly sasl: number; readonly both: number };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tramline-tls-'));
    authority = new Certificates(folder, 'authority');
    const server = authority.sign('server');
    client = authority.sign('client');
    expired = authority.sign('expired', -1);
    stranger = new Certificates(folder, 'other').sign('stranger');
    const [tls, sasl, both] = (await freePorts(3)) as [number, number, number];
    ports = { tls, sasl, both };
    const jaas = (module: string, options = '') =>
      `org.apache.kafka.common.security.${module} required ${options};`;
    const mechanisms = (listener: string) => ({
      [`listener.name.${listener}.plain.sasl.jaas.config`]: jaas(
        'plain.PlainLoginModule',
        `user_ann="${PASSWORD}"`,
      ),
      [`listener.name.${listener}.scram-sha-256.sasl.jaas.config`]: jaas('scram.ScramLoginModule'),
      [`listener.name.${listener}.scram-sha-512.sasl.jaas.config`]: jaas('scram.ScramLoginModule'),
      [`listener.name.${listener}.oauthbearer.sasl.jaas.config`]: jaas(
        'oauthbearer.OAuthBearerLoginModule',
        'unsecuredLoginStringClaim_sub="broker"',
      ),
    });
    const listen = (own: string) =>
      `PLAINTEXT://127.0.0.1:{port},${own}SSL://127.0.0.1:${tls},SASL_PLAINTEXT://127.0.0.1:${sasl},SASL_SSL://127.0.0.1:${both}`;
    const scram = ['256', '512'].flatMap((bits) => [
      '--add-scram',
      `SCRAM-SHA-${bits}=[name=ann,password=${PASSWORD}]`,
    ]);
    cluster = await KafkaCluster.start({
      format: scram,
      properties: {
        listeners: listen('CONTROLLER://127.0.0.1:{controllerPort},'),
        'advertised.listeners': listen(''),
        'listener.security.protocol.map':
          'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL',
        'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
        'ssl.keystore.type': 'PEM',
        'ssl.keystore.location': server.file,
        'ssl.truststore.type': 'PEM',
        'ssl.truststore.location': authority.caFile,
        'listener.name.ssl.ssl.client.auth': 'required',
        ...mechanisms('sasl_plaintext'),
        ...mechanisms('sasl_ssl'),
      },
    });
  }, 180_000);
  afterAll(async () => {
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    world = new KafkaWorld(cluster.addresses.join(','));
  });
  afterEach(() => world.close());

  const on = (port: number) => ({ brokers: `127.0.0.1:${port}` });

  describe('lets in', () => {
    const works = async (options: Partial<KafkaOptions>) => {
      const transport = world.transport(options);
      const topic = await world.topic(transport);
      return transport.append({ topic, partition: 0 }, [hello], { timeoutMs: 10_000 });
    };

    it('a client certificate', async () => {
      const ssl = { ca: authority.ca, cert: client.cert, key: client.key };
      await expect(works({ ...on(ports.tls), ssl })).resolves.toMatchObject({ baseOffset: 0 });
    });

    it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('%s', async (mechanism) => {
      const sasl = { mechanism, username: 'ann', password: PASSWORD };
      await expect(works({ ...on(ports.sasl), sasl })).resolves.toMatchObject({ baseOffset: 0 });
    });

    it('scram over TLS', async () => {
      const sasl = { mechanism: 'scram-sha-512', username: 'ann', password: PASSWORD } as const;
      await expect(works({ ...on(ports.both), sasl, ssl: { ca: authority.ca } })).resolves.toMatchObject({
        baseOffset: 0,
      });
    });

    it('a token', async () => {
      const sasl = { mechanism: 'oauthbearer', token: async () => token(3_600) } as const;
      await expect(works({ ...on(ports.sasl), sasl })).resolves.toMatchObject({ baseOffset: 0 });
    });
  });

  describe('is not waited for in vain, with', () => {
    const plain = (username: string, password: string) =>
      ({ mechanism: 'plain', username, password }) as const;
    const cases: Record<string, () => Partial<KafkaOptions>> = {
      'a wrong password': () => ({ ...on(ports.sasl), sasl: plain('ann', `not ${PASSWORD}`) }),
      'a wrong password for scram': () => ({
        ...on(ports.sasl),
        sasl: { mechanism: 'scram-sha-256', username: 'ann', password: 'wrong' },
      }),
      'an unknown user': () => ({ ...on(ports.sasl), sasl: plain('bob', PASSWORD) }),
      'an expired token': () => ({
        ...on(ports.sasl),
        sasl: { mechanism: 'oauthbearer', token: async () => token(-3_600) },
      }),
      'no client certificate': () => ({ ...on(ports.tls), ssl: { ca: authority.ca } }),
      'an expired client certificate': () => ({
        ...on(ports.tls),
        ssl: { ca: authority.ca, cert: expired.cert, key: expired.key },
      }),
      "a stranger's certificate": () => ({
        ...on(ports.tls),
        ssl: { ca: authority.ca, cert: stranger.cert, key: stranger.key },
      }),
      'an authority that we do not know': () => ({
        ...on(ports.both),
        ssl: true,
        sasl: plain('ann', PASSWORD),
      }),
    };

    it.each(Object.keys(cases))('%s', async (name) => {
      const lines: string[] = [];
      const say = (message: string) => void lines.push(message);
      const log: Log = { debug: say, info: say, warn: say, error: say };
      const transport = world.transport(cases[name]!(), log);
      const start = performance.now();
      const error = (await transport.topics.list().catch((thrown: unknown) => thrown)) as Error & {
        code: string;
      };
      expect(performance.now() - start).toBeLessThan(10_000);
      expect(error).toMatchObject({ code: 'TRAMLINE_REFUSED', retriable: false });
      expect(error.message).toMatch(/Check .*`(sasl|ssl)`/);
      const consumer = consumeUntilStatus(transport);
      expect(await consumer).toMatchObject({ kind: 'failed', error: { code: 'TRAMLINE_REFUSED' } });
      expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)} ${lines.join()}`).not.toContain(
        PASSWORD,
      );
    });

    it('a token that cannot be had: it may come later', async () => {
      const sasl = {
        mechanism: 'oauthbearer',
        token: () => Promise.reject(new Error('the issuer is away')),
      } as const;
      const transport = world.transport({ ...on(ports.sasl), sasl });
      await expect(transport.topics.list()).rejects.toMatchObject({
        code: 'TRAMLINE_AWAY',
        message: expect.stringContaining('the issuer is away'),
      });
    });

    it('no credentials at all', async () => {
      const transport = world.transport(on(ports.sasl));
      const start = performance.now();
      await expect(transport.topics.list()).rejects.toMatchObject({
        code: 'TRAMLINE_REFUSED',
        message: expect.stringContaining('want credentials (`sasl`)'),
      });
      expect(performance.now() - start).toBeLessThan(10_000);
    });

    it('the command line, which says so in one line, with the exit code of a refusal', async () => {
      const variables = {
        TRAMLINE_BROKERS: `127.0.0.1:${ports.sasl}`,
        KAFKA_SASL_MECHANISM: 'plain',
        KAFKA_SASL_USERNAME: 'ann',
      };
      const topics = (password: string) =>
        tramline(['topics', 'list'], {
          cwd: folder,
          variables: { ...variables, KAFKA_SASL_PASSWORD: password },
        });
      const { exit, stdout, stderr } = await topics('wrong');
      expect([exit, stdout]).toEqual([4, '']);
      expect(stderr).toMatch(
        /^tramline: Kafka at 127\.0\.0\.1:\d+ does not let us in: .*Check the credentials.*\n$/,
      );
      expect(await topics(PASSWORD)).toMatchObject({ exit: 0, stderr: '' });
    });

    it('plain text to a port that wants TLS', async () => {
      const transport = world.transport({ ...on(ports.both) });
      await expect(transport.topics.list()).rejects.toThrow(/want TLS \(`ssl`\)/);
    });
  });
});

/** The first thing that a member of a group is told. */
function consumeUntilStatus(transport: ReturnType<KafkaWorld['transport']>) {
  return new Promise((resolve) => {
    const options = { group: 'g', topics: ['t'], broadcast: false, sessionTimeoutMs: 6_000, clientId: 'c' };
    transport.consume(options, {
      assigned: async () => [],
      revoked: async () => {},
      lost: () => {},
      records: () => {},
      outOfRange: () => {},
      status: resolve,
    });
  });
}
