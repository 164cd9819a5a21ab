import { spawnSync } from 'node:child_process';
import { KAFKA_VERSION } from './jars.ts';
import { freePorts } from './ports.ts';
import { untilReady } from './ready.ts';

const IMAGE = `apache/kafka:${KAFKA_VERSION}`;

/** How long a container may take; fetching its image comes before. */
const START_TIMEOUT_MS = 120_000;

/** One broker in a container, which is removed when it stops. */
export class DockerKafka {
  readonly addresses: readonly string[];
  private readonly container: string;

  private constructor(container: string, port: number) {
    this.container = container;
    this.addresses = [`127.0.0.1:${port}`];
  }

  /** @throws Error with what docker said */
  static async start(port?: number): Promise<DockerKafka> {
    const own = port ?? (await freePorts(1))[0]!;
    const settings = {
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_LISTENERS: `PLAINTEXT://:${own},CONTROLLER://:9093`,
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${own}`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_INTER_BROKER_LISTENER_NAME: 'PLAINTEXT',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '1000',
      KAFKA_HEAP_OPTS: '-Xmx512m',
    };
    const environment = Object.entries(settings).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    const container = docker([
      'run',
      '-d',
      '--rm',
      '-p',
      `127.0.0.1:${own}:${own}`,
      ...environment,
      IMAGE,
    ]).trim();
    const kafka = new DockerKafka(container, own);
    try {
      await untilReady(own, START_TIMEOUT_MS, () => docker(['ps', '-q', '--no-trunc']).includes(container));
      return kafka;
    } catch (error) {
      await kafka.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    docker(['kill', this.container]);
  }
}

function docker(args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('docker', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`docker ${args[0]} failed: ${stderr}`);
  return stdout;
}
