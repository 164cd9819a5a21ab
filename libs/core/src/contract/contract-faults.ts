import { nameFault, topicFault } from '../names.js';
import type { Contract } from './contract.js';

/** What is wrong with one contract by itself; empty when nothing is. */
export function contractFaults(contract: Contract, place: string): string[] {
  const { type, topic, key, schema } = contract as Partial<Contract>;
  const faults: string[] = [];
  const wrongName = nameFault(type);
  if (wrongName) faults.push(`${place}: the event's name ${wrongName}`);
  const wrongTopic = topicFault(topic);
  // A malformed name that is the topic too would be told twice.
  if (wrongTopic && !(wrongName && topic === type)) faults.push(`${place}: the topic ${wrongTopic}`);
  if (key === undefined || key === '') {
    faults.push(
      `${place}: '${type}' has no key. Name the property that orders its events (key: 'userId'), give a function, or say key: null for no order.`,
    );
  } else if (key !== null && typeof key !== 'string' && typeof key !== 'function') {
    faults.push(
      `${place}: the key of '${type}' is a ${typeof key}. Give the name of a property, a function, or null.`,
    );
  }
  if (schema !== undefined && typeof schema['~standard']?.validate !== 'function') {
    faults.push(
      `${place}: the schema of '${type}' is not a Standard Schema (it has no '~standard'.validate). Use a version of its library that implements https://standardschema.dev.`,
    );
  }
  return faults;
}

/** Whether two contracts of one name say the same, so that it does not matter which of them is used. */
export function sameContract(one: Contract, other: Contract): boolean {
  return (
    one === other ||
    (one.target === other.target &&
      one.topic === other.topic &&
      one.key === other.key &&
      one.schema === other.schema)
  );
}
