import { parseDuration } from './time/duration.js';

/** Kafka's own limit for a topic is 249; the rest is for the namespace. */
const LONGEST_NAME = 200;
/** A group's name is followed by suffixes, and one day by a topic's name. */
const LONGEST_GROUP = 100;
const LONGEST_NAMESPACE = 40;

const NAME = /^[A-Za-z0-9._-]+$/;
const NAMESPACE = /^[A-Za-z0-9_-]+$/;
/** The group's name, then which of its topics it is. */
const OF_A_GROUP = /^(.+?)\.(?:(dead\.state|dead|state)|retry\.(now|\d+(?:\.\d+)?(?:ms|s|m|h|d)))$/;

/** Which of a group's own topics a topic is. */
export type GroupTopic =
  | { readonly kind: 'tier'; readonly group: string; readonly delayMs: number }
  | { readonly kind: 'now' | 'dead' | 'dead-state' | 'state'; readonly group: string };

/** What is wrong with the name of an event, as the rest of a sentence; undefined when nothing is. */
export function nameFault(
  name: unknown,
  longest = LONGEST_NAME,
  example = 'user.registered',
): string | undefined {
  if (typeof name !== 'string' || name === '') {
    return `is ${name === undefined ? 'missing' : JSON.stringify(name)}. Give it a name, such as ${example}.`;
  }
  if (!NAME.test(name))
    return `'${name}' has characters that topics cannot have. Use letters, digits, '.', '_' and '-'.`;
  if (name === '.' || name === '..') return `'${name}' is not allowed by Kafka. Use a word.`;
  return name.length > longest ? `'${name}' is longer than ${longest} characters. Shorten it.` : undefined;
}

/** What is wrong with the topic of an event. Topics that would be taken for a group's own are refused. */
export function topicFault(topic: unknown): string | undefined {
  const fault = nameFault(topic);
  if (fault) return fault;
  const own = groupTopic(topic as string);
  return own
    ? `'${String(topic)}' would be mixed up with a topic that group '${own.group}' keeps for itself. Choose one that does not end in '.dead', '.state' or '.retry.<time>'.`
    : undefined;
}

/** What is wrong with the name of a group or a service (which is the default group). */
export function groupFault(group: unknown): string | undefined {
  const fault = nameFault(group, LONGEST_GROUP, 'sms');
  if (fault) return fault;
  const own = groupTopic(group as string);
  return own
    ? `'${String(group)}' would be mixed up with a topic of group '${own.group}'. Choose one that does not end in '.dead', '.state' or '.retry.<time>'.`
    : undefined;
}

/** What is wrong with a namespace. It has no dots, so that `a` and `a.b` cannot see into each other. */
export function namespaceFault(namespace: unknown): string | undefined {
  if (typeof namespace !== 'string' || !NAMESPACE.test(namespace)) {
    return `${JSON.stringify(namespace)} is not a namespace. Use letters, digits, '_' and '-', or leave it out.`;
  }
  return namespace.length > LONGEST_NAMESPACE
    ? `'${namespace}' is longer than ${LONGEST_NAMESPACE} characters. Shorten it.`
    : undefined;
}

/** Reads a topic's name (without namespace) as one that a group keeps for itself; undefined when it is not such a name. */
export function groupTopic(topic: string): GroupTopic | undefined {
  const match = OF_A_GROUP.exec(topic);
  if (!match) return undefined;
  const [, group, kind, wait] = match as unknown as [string, string, string | undefined, string | undefined];
  if (wait === 'now') return { kind: 'now', group };
  if (wait !== undefined) return { kind: 'tier', group, delayMs: parseDuration(wait)! };
  return { kind: kind === 'dead.state' ? 'dead-state' : (kind as 'dead' | 'state'), group };
}
