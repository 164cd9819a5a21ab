import type { GroupAdmin, TopicAdmin } from '@tramline/core';
import type { Cluster } from './cluster.js';
import type { Link } from './link.js';

/** Topics of the cluster through a process's link. */
export function topicAdmin(link: Link, cluster: Cluster): TopicAdmin {
  const ask = <T>(topic: string | undefined, apply: () => T) =>
    link.request({ operation: 'topics', clientId: link.clientId, topic }, apply);
  return {
    list: (prefix = '') => ask(undefined, () => cluster.topicNames.filter((name) => name.startsWith(prefix))),
    describe: (topics) =>
      ask(topics[0], () =>
        topics.filter((name) => cluster.hasTopic(name)).map((name) => cluster.topic(name).describe()),
      ),
    create: (specs) => ask(specs[0]?.name, () => cluster.create(specs)),
    grow: (topic, partitions) => ask(topic, () => cluster.grow(topic, partitions)),
    alter: (topic, settings) => ask(topic, () => cluster.topic(topic).alter(settings)),
    delete: (topics) => ask(topics[0], () => cluster.delete(topics)),
    deleteBefore: (positions) =>
      ask(positions[0]?.topic, () => {
        const logs = positions.map((position) => ({ log: cluster.partition(position), ...position }));
        for (const { log, offset } of logs) log.deleteBefore(offset);
      }),
    offsets: (topic) =>
      ask(topic, () =>
        cluster.topic(topic).partitions.map(({ partition, earliest, end }) => ({ partition, earliest, end })),
      ),
    offsetsAt: (topic, timestamp) =>
      ask(topic, () =>
        cluster
          .topic(topic)
          .partitions.map((log) => ({ partition: log.partition, offset: log.offsetAt(timestamp) })),
      ),
  };
}

/** Groups of the cluster through a process's link. */
export function groupAdmin(link: Link, cluster: Cluster): GroupAdmin {
  const ask = <T>(group: string | undefined, apply: () => T) =>
    link.request({ operation: 'groups', clientId: link.clientId, group }, apply);
  return {
    list: (prefix = '') => ask(undefined, () => cluster.groupNames.filter((name) => name.startsWith(prefix))),
    describe: (group) => ask(group, () => cluster.group(group).describe()),
    committed: (group, topics) => ask(group, () => cluster.group(group).committed(topics)),
    reset: (group, positions) => ask(group, () => cluster.group(group).reset(positions)),
  };
}
