import { spawn } from 'node:child_process';
import { type Checkout } from './checkout.ts';

/** A command that runs until it is told to stop, with everything that it starts in a process group of its own. */
export interface LongRunning {
  /** Resolves when the output so far matches; rejects when the command ends first. */
  printed(pattern: RegExp): Promise<void>;
  /** Sends SIGINT to the whole group, as Ctrl-C in a terminal does, and resolves to how it ended. */
  interrupt(): Promise<number | NodeJS.Signals>;
  /** Ends whatever of the group is left. */
  kill(): void;
}

export function startCommand(
  command: readonly string[],
  { folder, env }: Checkout,
  more: NodeJS.ProcessEnv = {},
): LongRunning {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...env, ...more },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listeners = new Set<() => void>();
  const gather = (chunk: Buffer) => {
    output += chunk.toString('utf8');
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', gather);
  child.stderr.on('data', gather);
  const ended = new Promise<number | NodeJS.Signals>((resolve) =>
    child.on('close', (code, signal) => resolve(code ?? signal ?? -1)),
  );
  const signalGroup = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  return {
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => pattern.test(output) && (listeners.delete(look), resolve());
        listeners.add(look);
        look();
        void ended.then((how) => reject(new Error(`${command.join(' ')} ended with ${how}:\n${output}`)));
      }),
    interrupt: async () => {
      signalGroup('SIGINT');
      return ended;
    },
    kill: () => signalGroup('SIGKILL'),
  };
}
