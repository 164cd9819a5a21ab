import type { Env } from '../env.js';
import { usageError } from '../exit.js';

/** Flags of commands that talk to a system, as commander gives them. */
export interface ConnectionFlags {
  readonly config?: string;
  readonly transport?: string;
  readonly brokers?: string;
  readonly data?: string;
  readonly namespace?: string;
}

/** Those flags and the variables that stand for them: a flag wins. What neither says is the file's to say, then the default's. */
export interface Settings {
  readonly config: string | undefined;
  /** `kafka`, `embedded`, or a module whose default export is a transport. */
  readonly transport: string | undefined;
  readonly brokers: string | undefined;
  /** The log lies in `log` within this directory, where `npm start` puts it. */
  readonly data: string | undefined;
  readonly namespace: string | undefined;
}

/** @throws CliError when they contradict each other */
export function settingsOf(flags: ConnectionFlags, variables: Env['variables']): Settings {
  const of = (name: keyof ConnectionFlags) =>
    flags[name] ?? (variables[`TRAMLINE_${name.toUpperCase()}`] || undefined);
  for (const name of ['config', 'transport', 'brokers', 'data'] as const)
    if (flags[name]?.trim() === '') throw usageError(`--${name} is empty: give a value, or leave it out.`);
  if (flags.brokers !== undefined && flags.data !== undefined)
    throw usageError('--brokers is for kafka, --data for embedded: give one of them.');
  const transport =
    flags.transport ??
    implied(flags) ??
    of('transport') ??
    implied({ brokers: of('brokers'), data: of('data') });
  if (transport === 'embedded' && flags.brokers !== undefined)
    throw usageError('--brokers is for kafka: add --transport kafka, or leave it out.');
  if (transport === 'kafka' && flags.data !== undefined)
    throw usageError('--data is for embedded: add --transport embedded, or leave it out.');
  return {
    config: of('config'),
    transport,
    brokers: of('brokers'),
    data: of('data'),
    // An empty one means none, against the one in the file.
    namespace: flags.namespace ?? variables['TRAMLINE_NAMESPACE'],
  };
}

/** Who names brokers or a directory has named the transport. */
function implied({ brokers, data }: Pick<ConnectionFlags, 'brokers' | 'data'>): string | undefined {
  if (brokers !== undefined) return 'kafka';
  return data === undefined ? undefined : 'embedded';
}
