import { usageFault } from '../faults.js';
import { fromWords, type Name, readName, refuseTakenClass } from './name.js';

/** The names of an event: `user.registered`, the class `UserRegistered` in `user-registered.ts`. */
export interface EventName extends Name {
  /** What other services know it by. */
  readonly type: string;
}

const TYPE = /^[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*$/;
/** Topics of such names belong to consumer groups. */
const OF_A_GROUP = /\.(?:dead|state|retry\.(?:now|\d+(?:\.\d+)?(?:ms|s|m|h|d)))$/;
const LONGEST = 100;

/** Takes the type itself, `user.registered`, or a name: of `UserRegistered` and `user-registered` the last word is what happened. */
export function readEventName(given: string): EventName {
  if (!given.includes('.')) {
    const name = readName('event', given);
    const words = name.kebab.split('-');
    const type = words.length > 1 ? `${words.slice(0, -1).join('-')}.${words.at(-1)}` : name.kebab;
    return checked({ ...name, type });
  }
  if (!TYPE.test(given) || given.length > LONGEST)
    throw usageFault(
      'TRAMLINE_NAME',
      `${JSON.stringify(given)} is not a name for an event: use at most ${LONGEST} lower-case letters and digits in words that are joined by dots or hyphens, such as user.registered.`,
    );
  return checked({ ...fromWords(given.split(/[._-]/)), type: given });
}

function checked(name: EventName): EventName {
  if (OF_A_GROUP.test(name.type))
    throw usageFault(
      'TRAMLINE_NAME',
      `'${name.type}' would be mixed up with a topic that a group keeps for itself: choose a name that does not end in .dead, .state or .retry.<time>.`,
    );
  refuseTakenClass('event', name.pascal);
  return name;
}
