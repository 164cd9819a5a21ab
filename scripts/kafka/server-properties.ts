import { join } from 'node:path';

/** One node of a cluster that is broker and controller at once. */
export interface NodePlace {
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number;
  readonly folder: string;
}

/** Its configuration: small, on the loopback interface alone, and quick where tests would wait. */
export function serverProperties(
  node: NodePlace,
  all: readonly NodePlace[],
  more: Readonly<Record<string, string>>,
): string {
  const copies = String(Math.min(3, all.length));
  const settings: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': String(node.id),
    'controller.quorum.voters': all
      .map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`)
      .join(','),
    listeners: `PLAINTEXT://127.0.0.1:${node.port},CONTROLLER://127.0.0.1:${node.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${node.port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': join(node.folder, 'data'),
    'auto.create.topics.enable': 'false',
    'num.network.threads': '2',
    'num.io.threads': '4',
    'log.cleaner.dedupe.buffer.size': '4194304',
    // Each partition maps two, and a kernel may fill a mapped file with zeros at its first touch: of 10 MiB each, by default.
    'log.index.size.max.bytes': '1048576',
    'offsets.topic.num.partitions': '4',
    'offsets.topic.replication.factor': copies,
    'transaction.state.log.num.partitions': '4',
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    ...more,
  };
  return Object.entries(settings)
    .map(
      ([key, value]) =>
        `${key}=${value.replaceAll('{port}', String(node.port)).replaceAll('{controllerPort}', String(node.controllerPort))}\n`,
    )
    .join('');
}
