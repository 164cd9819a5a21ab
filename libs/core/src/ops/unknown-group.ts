import { UnknownGroupError } from './errors.js';
import type { OpsPorts } from './ports.js';

/**
 * The error for a group that is not there, with those that are: mostly its name or the namespace is a slip.
 * @param why - the rest of a sentence: what would be there if the group were
 */
export async function unknownGroup(
  { transport, naming }: OpsPorts,
  group: string,
  why: string,
): Promise<UnknownGroupError> {
  // That the group is unknown is the answer, also where the broker does not let us list groups.
  const names = await transport.groups.list(naming.group('')).catch(() => []);
  return new UnknownGroupError(
    group,
    why,
    names.map((name) => naming.withoutNamespace(name) ?? name),
  );
}
