import { Option, type Command } from 'commander';
import type { Env } from './env.js';
import { orInterrupted } from './patience.js';
import { Session, type CommonFlags } from './session.js';

/** Declares one command, or one group of them, below `program`. Each file in `commands/` exports one as `register`. */
export type Register = (program: Command, cli: Cli) => void;

export interface CommandSpec {
  /** One line for lists of commands. */
  readonly about: string;
  /** What else is worth knowing, shown in the command's own help. */
  readonly details?: string;
  /** Shown in help: a command line, and what it does. At least one. */
  readonly examples: readonly (readonly [line: string, what: string])[];
  /** It talks to a system: gets --config, --transport, --brokers, --data, --namespace. */
  readonly connects?: boolean;
  /** It only looks: Ctrl-C ends it at once, whatever it waits for. Others end by themselves, at the next good place. */
  readonly looks?: boolean;
  /** It changes or destroys something: gets --dry-run and --yes. */
  readonly changes?: boolean;
}

/** How long closing may take, milliseconds: after work that is done, and after an error, when the broker may be away. */
const PATIENT_MS = 10_000;
const IMPATIENT_MS = 300;

/** How commands are declared, so that all of them have the same common options and the same kind of help. */
export class Cli {
  private readonly looking = new WeakSet<Command>();

  constructor(private readonly env: Env) {}

  /** A command that only holds others: `topics` of `topics list`. */
  group(parent: Command, name: string, about: string): Command {
    return this.styled(parent.command(name)).summary(about).description(about);
  }

  /** @param usage - name and arguments as commander has them: `publish <type> [payload]` */
  command(parent: Command, usage: string, spec: CommandSpec): Command {
    const command = this.styled(parent.command(usage))
      .summary(spec.about)
      .description(spec.details ? `${spec.about}\n\n${spec.details}` : spec.about);
    if (spec.looks) this.looking.add(command);
    if (spec.changes) {
      command
        .option('--dry-run', 'tell what would happen, and change nothing')
        .option('-y, --yes', 'do not ask before something is changed');
    }
    if (spec.connects) connection(command);
    command
      .optionsGroup('Output:')
      .option('--json', 'results as JSON for programs')
      .option('--no-color', 'no colour (also with NO_COLOR, and when piped)')
      .option('--verbose', 'show the stack trace of an error')
      .optionsGroup('Options:');
    const width = Math.max(...spec.examples.map(([line]) => line.length));
    const examples = spec.examples.map(([line, what]) => `  $ ${line.padEnd(width)}  # ${what}`);
    return command.addHelpText('after', `\nExamples:\n${examples.join('\n')}`);
  }

  /**
   * The action of a command. `work` imports what it needs, so that a command costs nothing until it runs. It gets the session,
   * the arguments and the options, as commander has them.
   */
  action<A extends unknown[]>(
    work: (session: Session, ...args: A) => Promise<void>,
  ): (...args: [...A, Command]) => Promise<void> {
    return async (...all) => {
      const command = all.at(-1) as Command;
      const args = all.slice(0, -1) as A;
      const session = new Session(this.env, command.opts<CommonFlags>());
      let patienceMs = IMPATIENT_MS;
      try {
        const working = work(session, ...args);
        await (this.looking.has(command) ? orInterrupted(working, this.env.signal) : working);
        patienceMs = PATIENT_MS;
      } finally {
        await session.close(patienceMs);
      }
    };
  }

  private styled(command: Command): Command {
    return command.helpOption('-h, --help', 'show this help').showSuggestionAfterError();
  }
}

function connection(command: Command): void {
  const option = (flags: string, text: string, variable: string) =>
    command.addOption(new Option(flags, `${text} (${variable})`));
  command.optionsGroup('System:');
  option('--config <file>', 'configuration file; else the nearest tramline.config.ts', 'TRAMLINE_CONFIG');
  option('--transport <name>', 'kafka, embedded, or a module that exports one', 'TRAMLINE_TRANSPORT');
  option('--brokers <list>', "Kafka's brokers, host:port,host:port", 'TRAMLINE_BROKERS');
  option('--data <directory>', "the services' data; the embedded log lies in its log/", 'TRAMLINE_DATA');
  option('--namespace <name>', 'prefix of topics and groups', 'TRAMLINE_NAMESPACE');
  command.optionsGroup('Options:');
}
