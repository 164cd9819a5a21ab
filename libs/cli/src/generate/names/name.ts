import { usageFault } from '../faults.js';

/** A name in the forms that code needs. Given as in Nest: `user-points`, `userPoints` and `UserPoints` are one name. */
export interface Name {
  /** `user-points`: files, folders, services, handler ids. */
  readonly kebab: string;
  /** `UserPoints`: classes. */
  readonly pascal: string;
}

const LONGEST = 60;
const FORM = /^[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*$/;
const WORDS = /[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+/g;

const RESERVED = new Set(
  (
    'abstract any arguments as async await boolean break case catch class const constructor continue debugger declare ' +
    'default delete do else enum eval export extends false finally for from function get if implements import in ' +
    'instanceof interface let module new null number object of package private protected prototype public require return ' +
    'set static string super switch symbol this throw true try type typeof undefined var void while with yield ' +
    // Folders that mean something already, and names that Windows keeps for devices.
    'node-modules dist src libs apps test tests con prn aux nul com1 com2 com3 com4 lpt1 lpt2 lpt3 lpt4'
  ).split(' '),
);

/** What generated files import, besides what JavaScript itself has: a class of that name would shadow it. */
const TAKEN = new Set(
  'Injectable Logger Module EventContext EventContract EventBus OnEvent Outbox Test TestBus TestingModule AppModule Type'.split(
    ' ',
  ),
);

/** @param what - `service`, `handler`, `event`: for the message */
export function readName(what: string, given: string): Name {
  if (!FORM.test(given))
    throw usageFault(
      'TRAMLINE_NAME',
      `${JSON.stringify(given)} is not a name for ${article(what)}: use letters, digits and hyphens, beginning with a letter, such as user-points or UserPoints.`,
    );
  if (given.length > LONGEST)
    throw usageFault(
      'TRAMLINE_NAME',
      `The name of ${article(what)} has at most ${LONGEST} characters; this has ${given.length}.`,
    );
  const name = fromWords(given.match(WORDS)!);
  if (RESERVED.has(name.kebab))
    throw usageFault(
      'TRAMLINE_NAME',
      `'${given}' is a reserved word and cannot name ${article(what)}: choose another, such as ${name.kebab}-${what}.`,
    );
  return name;
}

/** As {@link readName}, for what becomes a class of that name. */
export function readClassName(what: string, given: string): Name {
  const name = readName(what, given);
  refuseTakenClass(what, name.pascal);
  return name;
}

export function refuseTakenClass(what: string, pascal: string): void {
  if (TAKEN.has(pascal) || pascal in globalThis)
    throw usageFault(
      'TRAMLINE_NAME',
      `A class '${pascal}' would hide the one that everybody knows: choose another name for the ${what}.`,
    );
}

export function fromWords(words: readonly string[]): Name {
  const lower = words.map((word) => word.toLowerCase());
  return {
    kebab: lower.join('-'),
    pascal: lower.map((word) => word[0]!.toUpperCase() + word.slice(1)).join(''),
  };
}

const article = (what: string): string => `${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what}`;
