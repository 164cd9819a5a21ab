import { KafkaCluster } from '../../../scripts/kafka/cluster.ts';
import type { Broker } from '../../../scripts/kafka/broker.ts';
import { freePorts } from '../../../scripts/kafka/ports.ts';
import { Proxy } from '../../kafka/support/proxy.ts';
import { leaderOf } from './leader.ts';

const COUNT = 3;

/**
 * Three brokers, each behind a proxy: they tell clients the proxies' addresses. Among themselves they speak directly, so that
 * trouble on the way of the clients leaves the cluster itself whole.
 */
export class Brokers {
  readonly proxies: readonly Proxy[];
  private readonly cluster: KafkaCluster;

  private constructor(cluster: KafkaCluster, proxies: readonly Proxy[]) {
    this.cluster = cluster;
    this.proxies = proxies;
  }

  static async start(): Promise<Brokers> {
    const ports = await freePorts(COUNT);
    const proxies = await Promise.all(ports.map((port) => Proxy.start(port)));
    const address = (port: number) => `127.0.0.1:${port}`;
    try {
      const cluster = await KafkaCluster.start({
        brokers: COUNT,
        lasting: true,
        properties: ({ id, port, controllerPort }) => ({
          listeners: [
            `PLAINTEXT://${address(port)}`,
            `CLIENT://${address(ports[id - 1]!)}`,
            `CONTROLLER://${address(controllerPort)}`,
          ].join(),
          'advertised.listeners': `PLAINTEXT://${address(port)},CLIENT://${address(proxies[id - 1]!.port)}`,
          'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT',
          'min.insync.replicas': '2',
        }),
      });
      return new Brokers(cluster, proxies);
    } catch (error) {
      await Promise.all(proxies.map((proxy) => proxy.close()));
      throw error;
    }
  }

  /** Where clients go, as `KAFKA_BROKERS` has it. */
  get addresses(): string {
    return this.proxies.map(({ port }) => `127.0.0.1:${port}`).join();
  }

  /** Where nothing stands in between: for who watches. */
  get direct(): string {
    return this.cluster.addresses.join();
  }

  get all(): readonly Broker[] {
    return this.cluster.brokers;
  }

  /** Connections of clients to all of them. */
  get connections(): number {
    return this.proxies.reduce((sum, { open }) => sum + open, 0);
  }

  /** Who leads the first partition of a topic now, by whichever of them answers first. */
  async leader(topic: string): Promise<Broker> {
    const id = await Promise.any(this.all.map(({ place }) => leaderOf(place.port, topic, 0)));
    return this.all.find(({ place }) => place.id === id) ?? this.all[0]!;
  }

  async close(): Promise<void> {
    await this.cluster.stop();
    await Promise.all(this.proxies.map((proxy) => proxy.close()));
  }
}
