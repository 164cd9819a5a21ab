import { ConfigurationError } from './errors.js';
import { groupTopic, namespaceFault, type GroupTopic } from './names.js';
import { formatDuration } from './time/duration.js';

/**
 * Names as they are on the broker, from names as they are in code and back. The namespace is put in front of every one of
 * them, so that environments on one cluster never meet. Groups are given without namespace everywhere.
 */
export class Naming {
  private readonly prefix: string;

  /** @throws ConfigurationError */
  constructor(readonly namespace?: string) {
    const fault = namespace === undefined ? undefined : namespaceFault(namespace);
    if (fault) throw new ConfigurationError([`namespace: ${fault}`]);
    this.prefix = namespace === undefined ? '' : `${namespace}.`;
  }

  /** The topic of an event, from its contract's `topic`. */
  topic(name: string): string {
    return this.prefix + name;
  }

  /** The consumer group as the broker knows it. */
  group(group: string): string {
    return this.prefix + group;
  }

  /** Where events of the group wait `delayMs` before another delivery. */
  retryTier(group: string, delayMs: number): string {
    return `${this.prefix}${group}.retry.${formatDuration(delayMs)}`;
  }

  /** Where redriven events go: a tier without a wait. */
  retryNow(group: string): string {
    return `${this.prefix}${group}.retry.now`;
  }

  dead(group: string): string {
    return `${this.prefix}${group}.dead`;
  }

  /** What was done with the group's dead letters. Compacted. */
  deadState(group: string): string {
    return `${this.prefix}${group}.dead.state`;
  }

  /** What the group has started on. Compacted. */
  state(group: string): string {
    return `${this.prefix}${group}.state`;
  }

  /** A topic's name without the namespace; undefined when the topic belongs to another one. */
  withoutNamespace(topic: string): string | undefined {
    return topic.startsWith(this.prefix) ? topic.slice(this.prefix.length) : undefined;
  }

  /** The type of an event whose record does not say it: its topic's name. */
  typeOf(topic: string): string {
    return this.withoutNamespace(topic) ?? topic;
  }

  /** Which of which group's own topics a topic on the broker is; undefined for topics of events and of other namespaces. */
  groupTopic(topic: string): GroupTopic | undefined {
    const name = this.withoutNamespace(topic);
    return name === undefined ? undefined : groupTopic(name);
  }
}
