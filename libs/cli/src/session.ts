import type { Contract, Ops } from '@tramline/core/ops';
import type { LoadedConfig } from './config/load.js';
import type { ConnectionFlags } from './config/settings.js';
import type { Env } from './env.js';
import { CliError, EXIT } from './exit.js';
import type { OpenOptions } from './open-ops.js';
import { Output } from './output/output.js';

/** Flags that every command has, and those of a connection, for the commands that have it. */
export interface CommonFlags extends ConnectionFlags {
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly verbose?: boolean;
  readonly color?: boolean;
}

/** One run of one command: what its action works with. What was opened is closed when the action has ended, however it ends. */
export class Session {
  readonly output: Output;
  private readonly closers: (() => Promise<void>)[] = [];
  private loaded: Promise<LoadedConfig> | undefined;
  private opened: Promise<Ops> | undefined;

  constructor(
    readonly env: Env,
    readonly flags: CommonFlags,
  ) {
    this.output = new Output(env, flags);
  }

  /** Aborted by Ctrl-C: long work ends at the next good place, and tells how far it came. */
  get signal(): AbortSignal {
    return this.env.signal;
  }

  /** Flags, variables and the configuration file, read once. @throws CliError */
  config(): Promise<LoadedConfig> {
    this.loaded ??= import('./config/load.js').then(({ loadConfig }) => loadConfig(this.env, this.flags));
    return this.loaded;
  }

  /**
   * The operations of `@tramline/core/ops` on the system that flags, variables and file name; opened once, known to be
   * reachable, closed at the end. @throws CliError | TransportError
   */
  ops(options: OpenOptions = {}): Promise<Ops> {
    this.opened ??= import('./open-ops.js').then(({ open }) => open(this, options));
    return this.opened;
  }

  /** The contract of an event's type, when the configuration lists it. @throws CliError */
  async contract(type: string): Promise<Contract | undefined> {
    const [{ contractsOf }, { contractOf }] = await Promise.all([
      import('./open-ops.js'),
      import('@tramline/core/ops'),
    ]);
    const known = await contractsOf(await this.config());
    return known
      .map((ref) => (typeof ref === 'function' ? contractOf(ref) : ref))
      .find((one): one is Contract => typeof one === 'object' && one.type === type);
  }

  /** Has something closed at the end of the command; the last comes first. */
  closing(close: () => Promise<void>): void {
    this.closers.push(close);
  }

  /** @param patienceMs - how long it may take; then what is still open is left to the end of the process */
  async close(patienceMs: number): Promise<void> {
    let late: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (late = setTimeout(resolve, patienceMs)));
    for (const close of this.closers.splice(0).reverse()) await Promise.race([close(), patience]);
    clearTimeout(late);
  }

  /**
   * Asks before something is changed or destroyed. `--yes` answers it; without a terminal nobody is asked, and it is refused.
   * @param question - what will happen, as a question: `Delete 3 topics with 12,000 records?`
   * @throws CliError (exit 4) when it was not confirmed
   */
  async confirm(question: string): Promise<void> {
    if (this.flags.yes) return;
    const { stdin, stderr } = this.env;
    if (!stdin.isTTY || !stderr.isTTY) {
      throw new CliError(
        'TRAMLINE_NOT_CONFIRMED',
        `${question} Nobody can be asked here: add --yes, or look first with --dry-run.`,
        EXIT.refused,
      );
    }
    if (await this.env.confirm(question)) return;
    throw new CliError('TRAMLINE_NOT_CONFIRMED', 'Nothing was changed.', EXIT.refused);
  }
}
