import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** What the parent asks of a child, and what it answers. See `serve`. */
export interface Question {
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}

export type Answer =
  { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: string };

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A process of ours that answers questions. It writes to our stderr, so that stdout is left to the results. */
export class Child {
  private readonly file: string;
  private readonly process: ChildProcess;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 0;
  private readonly exited: Promise<unknown>;

  constructor(file: string, settings: object) {
    this.file = file;
    this.process = fork(file, [JSON.stringify(settings)], {
      stdio: ['ignore', 2, 'inherit', 'ipc'],
      // kafkajs sets one such timer after each answer (kafkajs #1751), which Node has a word for.
      execArgv: ['--disable-warning=TimeoutNegativeWarning'],
    });
    this.process.on('message', (answer: Answer) => this.settle(answer));
    this.exited = once(this.process, 'exit');
    this.process.on('exit', (code, signal) => {
      const error = new Error(`${this.file} ended with ${signal ?? `exit code ${code}`} before it answered.`);
      for (const { reject } of this.waiting.values()) reject(error);
      this.waiting.clear();
    });
  }

  ask<Result = void>(method: string, argument?: unknown): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const id = this.nextId++;
      this.waiting.set(id, { resolve: (result) => resolve(result as Result), reject });
      this.process.send({ id, method, argument } satisfies Question, (error) => error && reject(error));
    });
  }

  /** Asks it to close what it holds, and waits until it has ended. @returns what it says at the end */
  async stop<Result = void>(): Promise<Result> {
    const last = await this.ask<Result>('stop');
    this.process.disconnect();
    await this.exited;
    return last;
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.exited;
  }

  private settle(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if ('error' in answer) waiting?.reject(new Error(`${this.file}: ${answer.error}`));
    else waiting?.resolve(answer.result);
  }
}
