import { TramlineError } from '../errors.js';

/** There is no such group, or not as far as this operation needs it. */
export class UnknownGroupError extends TramlineError {
  readonly code = 'TRAMLINE_UNKNOWN_GROUP';

  /**
   * @param why - the rest of a sentence: what would be there if the group were
   * @param known - groups that there are, as far as somebody knows
   */
  constructor(
    readonly group: string,
    why: string,
    readonly known: readonly string[] = [],
  ) {
    super(
      `There is no group '${group}' ${why}. ${thereAre(known)}Check the name and the namespace; a group has them once it was started.`,
    );
  }
}

/** Names in a message; there may be thousands. */
const MOST_NAMED = 10;

function thereAre(known: readonly string[]): string {
  if (known.length === 0) return '';
  const names = known.slice(0, MOST_NAMED).map((name) => `'${name}'`);
  const more = known.length > MOST_NAMED ? ` and ${known.length - MOST_NAMED} more` : '';
  return `There ${known.length === 1 ? 'is' : 'are'} ${names.join(', ')}${more}. `;
}

/** A handler was named that its group never had. */
export class UnknownHandlerError extends TramlineError {
  readonly code = 'TRAMLINE_UNKNOWN_HANDLER';

  constructor(
    readonly handlerId: string,
    readonly group: string,
    readonly known: readonly string[],
  ) {
    super(
      `Group '${group}' has no handler '${handlerId}'. It has ${known.map((id) => `'${id}'`).join(', ') || 'none'}.`,
    );
  }
}

/** There is no such letter, or it was erased. */
export class UnknownLetterError extends TramlineError {
  readonly code = 'TRAMLINE_UNKNOWN_LETTER';

  constructor(
    readonly letterId: string,
    readonly group: string,
  ) {
    super(
      `Group '${group}' has no dead letter '${letterId}'. List them; one that was erased, or that retention took, is gone.`,
    );
  }
}

/** The operation would do harm as things stand. Nothing was changed. */
export class OpsRefusedError extends TramlineError {
  readonly code = 'TRAMLINE_OPS_REFUSED';

  /** @param reason - sentences: what would happen, and what to do instead */
  constructor(reason: string) {
    super(reason);
  }
}

/** Whether an error says that a topic does not exist. By code: an application may hold two copies of the package. */
export function isUnknownTopic(thrown: unknown): boolean {
  return (thrown as { code?: unknown } | null)?.code === 'TRAMLINE_UNKNOWN_TOPIC';
}
