import { randomUUID } from 'node:crypto';
import type { ConsumeListener, Transport, TransportEnvironment, TransportProvider } from '@tramline/core';
import { kafka } from '@tramline/kafka';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { KafkaCluster } from '../../../scripts/kafka/cluster.ts';
import { ProbedApp, type Probe } from '../../health/probed-app.ts';
import { describeWithOwnBrokers } from '../support/broker.ts';
import { until } from '../support/until.ts';

describeWithOwnBrokers('what terminus says over HTTP', () => {
  let cluster: KafkaCluster;
  let app: ProbedApp | undefined;
  beforeAll(async () => {
    cluster = await KafkaCluster.start();
  }, 120_000);
  afterAll(() => cluster?.stop());
  beforeEach(() => {
    app = undefined;
  });
  afterEach(() => app?.close());

  async function start(
    wrap = (provider: TransportProvider) => provider,
    stalledAfter: '5s' | '30s' = '30s',
  ): Promise<ProbedApp> {
    app = await ProbedApp.start({
      service: 'probed',
      namespace: `h${randomUUID().slice(0, 8)}`,
      transport: wrap(kafka({ brokers: cluster.addresses.join(',') })),
      topics: { partitions: 2 },
      consumer: { sessionTimeout: '3s', drainTimeout: '1s', stalledAfter },
    });
    return app;
  }

  /** Waits until readiness is as wanted; liveness must hold all the while. */
  async function readiness(of: ProbedApp, code: number): Promise<Probe> {
    let probe: Probe | undefined;
    await until(`readiness answers ${code}`, async () => {
      expect((await of.live()).code).toBe(200);
      probe = await of.ready();
      return probe.code === code;
    });
    return probe!;
  }

  it('a broker that is killed takes readiness with it and brings it back', { timeout: 240_000 }, async () => {
    const service = await start();
    const [broker] = cluster.brokers;
    expect(await readiness(service, 200)).toMatchObject({ status: 'ok', group: { status: 'joined' } });
    await service.publish(1);
    await until('it was handled', () => service.seen.has(1));

    await broker!.kill();
    const down = await readiness(service, 503);
    expect(down).toMatchObject({ status: 'error', group: { status: 'away' } });
    expect(down.message).toContain("Group 'probed' is away: ");
    expect(down.message).toContain('127.0.0.1');

    await broker!.start();
    expect(await readiness(service, 200)).toMatchObject({
      status: 'ok',
      message: '',
      group: { status: 'joined' },
    });
    await service.publish(2);
    await until('it was handled', () => service.seen.has(2));
  });

  it('a service that starts before its broker waits and says so', { timeout: 240_000 }, async () => {
    const [broker] = cluster.brokers;
    await broker!.kill();
    const service = await start();
    const waiting = await readiness(service, 503);
    expect(waiting).toMatchObject({ status: 'error', group: { status: 'starting' } });
    expect(waiting.message).toContain('127.0.0.1');
    await broker!.start();
    await readiness(service, 200);
    await service.publish(1);
    await until('it was handled', () => service.seen.has(1));
  });

  it('a consumer that is brought nothing is degraded, and replaced', { timeout: 240_000 }, async () => {
    const deaf = new FirstIsDeaf();
    const service = await start((provider) => deaf.around(provider), '5s');
    await readiness(service, 200);
    await service.publish(1);
    let stalled: Probe | undefined;
    await until('it is seen', async () => {
      const probe = await service.ready();
      if (probe.status === 'degraded') stalled = probe;
      return stalled !== undefined;
    });
    expect(stalled).toMatchObject({ code: 200, group: { status: 'stalled' } });
    expect(stalled!.message).toMatch(/probe\.sent\/\d, nothing holds them back, and none is brought/);
    await until('the next membership brings it', () => service.seen.has(1));
    await until('it moves again', async () => (await service.ready()).status === 'ok');
    expect(deaf.joins).toBe(2);
  });
});

/** The first membership beats like any other and hands out nothing, as when its fetch loop died. */
class FirstIsDeaf {
  joins = 0;

  around(provider: TransportProvider): TransportProvider {
    return { name: provider.name, open: (environment) => this.open(provider, environment) };
  }

  private open(provider: TransportProvider, environment: TransportEnvironment): Transport {
    const transport = provider.open(environment);
    const consume = transport.consume.bind(transport);
    transport.consume = (options, listener) =>
      consume(options, ++this.joins === 1 ? withoutRecords(listener) : listener);
    return transport;
  }
}

function withoutRecords(listener: ConsumeListener): ConsumeListener {
  return {
    assigned: (partitions) => listener.assigned(partitions),
    revoked: (partitions) => listener.revoked(partitions),
    lost: (partitions) => listener.lost(partitions),
    records: () => new Promise<never>(() => {}),
    outOfRange: (partition, position) => listener.outOfRange(partition, position),
    status: (status) => listener.status(status),
  };
}
