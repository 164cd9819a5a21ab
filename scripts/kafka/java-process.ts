import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * Runs java, lets go of it when we die however we die, and tells its process id. The shell's input is a pipe from us: when
 * it ends, nobody is left who would stop java.
 */
const KEEPER = `
exec 3<&0
nice -n 5 "$@" </dev/null >>"$JAVA_LOG" 2>&1 &
java=$!
echo $java
(cat <&3 >/dev/null; kill -9 $java) 2>/dev/null &
wait $java
`;

/** Java's default, instead of what is below. */
export const FULL_COMPILER = '-XX:TieredStopAtLevel=4';

/** A java that ends with this process. Unless told otherwise small and quick to start: its compiler stops half-way, its collector is the plain one. */
export class JavaProcess {
  readonly pid: number;
  /** Resolves when it is no more. */
  readonly ended: Promise<unknown>;
  private readonly keeper: ChildProcess;

  private constructor(keeper: ChildProcess, pid: number) {
    this.keeper = keeper;
    this.pid = pid;
    this.ended = once(keeper, 'exit').then(() => keeper.stdin?.destroy());
  }

  /**
   * @param log - file that takes what it says
   * @param options - java's, beside ours or instead of them
   */
  static async start(
    classPath: string,
    args: readonly string[],
    log: string,
    options: readonly string[] = [],
  ): Promise<JavaProcess> {
    const java = [
      'java',
      '-Xmx512m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      ...options,
      '-cp',
      classPath,
      ...args,
    ];
    const keeper = spawn('sh', ['-c', KEEPER, 'sh', ...java], {
      stdio: ['pipe', 'pipe', 'ignore'],
      // Ctrl-C in a terminal reaches everybody in our process group, and the broker must outlive those who use it.
      detached: true,
      env: { ...process.env, JAVA_LOG: log },
    });
    keeper.stdin.on('error', () => {});
    const [line] = (await once(createInterface(keeper.stdout), 'line')) as [string];
    return new JavaProcess(keeper, Number(line));
  }

  get running(): boolean {
    return this.keeper.exitCode === null && this.keeper.signalCode === null;
  }

  signal(name: NodeJS.Signals): void {
    if (this.running) process.kill(this.pid, name);
  }

  /** Resolves when it ended. */
  async end(name: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.signal(name);
    // A stopped process does not hear SIGTERM.
    if (name === 'SIGTERM') this.signal('SIGCONT');
    await this.ended;
  }
}
