import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Broker } from './broker.ts';
import { kafkaJars } from './jars.ts';
import { freePorts } from './ports.ts';
import { serverProperties, type NodePlace } from './server-properties.ts';

type Properties = Readonly<Record<string, string>>;

export interface ClusterOptions {
  /** 1 to 3. Default 1. */
  readonly brokers?: number;
  /** Port of the first broker. Default: a free one. The others take free ones. */
  readonly port?: number;
  /** Server properties beside ours, or instead of ours. `{port}` and `{controllerPort}` stand for the broker's. */
  readonly properties?: Properties | ((place: NodePlace) => Properties);
  /** For many minutes under load: java compiles all the way, as in production, and is slow at first. Default: quick to start. */
  readonly lasting?: boolean;
  /** More arguments for Kafka's `format`, such as `--add-scram` with credentials. */
  readonly format?: readonly string[];
}

/** Real brokers, of which nothing is left when they are stopped. */
export class KafkaCluster {
  readonly brokers: readonly Broker[];
  private readonly folder: string;

  private constructor(brokers: readonly Broker[], folder: string) {
    this.brokers = brokers;
    this.folder = folder;
  }

  /** `host:port` of each. */
  get addresses(): string[] {
    return this.brokers.map(({ address }) => address);
  }

  /** @throws Error when java or its jars fail */
  static async start(options: ClusterOptions = {}): Promise<KafkaCluster> {
    const jars = await kafkaJars();
    const folder = mkdtempSync(join(tmpdir(), 'tramline-kafka-'));
    const places = await choosePlaces(folder, options);
    const { properties = {}, lasting = false } = options;
    const brokers = places.map((place) => {
      const more = typeof properties === 'function' ? properties(place) : properties;
      return new Broker(place, jars, serverProperties(place, places, more), lasting);
    });
    const cluster = new KafkaCluster(brokers, folder);
    try {
      const clusterId = randomBytes(16).toString('base64url');
      await Promise.all(brokers.map((broker) => broker.format(clusterId, options.format ?? [])));
      await Promise.all(brokers.map((broker) => broker.launch()));
      await Promise.all(brokers.map((broker) => broker.ready()));
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** Everything is thrown away, so that nobody has to be asked nicely. */
  async stop(): Promise<void> {
    await Promise.all(this.brokers.map((broker) => broker.kill()));
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function choosePlaces(folder: string, { brokers = 1, port }: ClusterOptions): Promise<NodePlace[]> {
  const ports = await freePorts(2 * brokers);
  return Array.from({ length: brokers }, (_, index) => {
    const place = {
      id: index + 1,
      port: ports[2 * index]!,
      controllerPort: ports[2 * index + 1]!,
      folder: join(folder, `${index + 1}`),
    };
    mkdirSync(place.folder);
    return index === 0 && port !== undefined ? { ...place, port } : place;
  });
}
