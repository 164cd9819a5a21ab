import { textOf, type Found, type Place, type Violation } from './found.ts';

/** Every poison event lies in the dead letters of every group that could not handle it, and nothing else does. */
export function* lettersOfPoison(found: Found): Generator<Violation> {
  const { poisoned, letters } = found;
  const place = (group: string, where: Place) => `${group}: ${textOf(where)}`;
  const lying = new Set(letters.map((letter) => place(letter.group, letter)));
  const expected = new Set<string>();
  for (const one of poisoned)
    for (const group of one.groups) {
      expected.add(place(group, one));
      if (!lying.has(place(group, one)))
        yield { text: `${one.what} is in no dead letter of ${place(group, one)}`, ...subjectAt(one, found) };
    }
  for (const letter of letters)
    if (!expected.has(place(letter.group, letter)))
      yield {
        text: `${letter.handlerId} gave up (${letter.reason}) on ${place(letter.group, letter)}`,
        ...subjectAt(letter, found),
      };
}

/** Whom, or which step, the event there is about; nobody where it cannot be read. */
function subjectAt(where: Place, { announced, awarded, loggedSteps }: Found): Pick<Violation, 'subject'> {
  const isThere = (one: Place) => textOf(one) === textOf(where);
  const subject = [...announced, ...awarded].find(isThere)?.key ?? loggedSteps.find(isThere)?.eventId;
  return subject === undefined ? {} : { subject };
}
