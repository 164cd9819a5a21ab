import { ClosedPipeError, InterruptedError, type Env, type Sink } from './env.js';

/** This process, as commands see it. Listens to signals from now on: a second one ends the process at once. */
export function processEnv(): Env {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // Who asks twice does not want to wait.
      if (stopping.signal.aborted) process.exit(1);
      stopping.abort(new InterruptedError(`Stopped by ${signal}.`));
    });
  }
  return {
    argv: process.argv.slice(2),
    cwd: process.cwd(),
    variables: process.env,
    stdin: {
      get isTTY() {
        return process.stdin.isTTY === true;
      },
      open: () => process.stdin,
    },
    stdout: sinkOf(process.stdout, () => stopping.abort(new ClosedPipeError('Nobody reads any more.'))),
    stderr: sinkOf(process.stderr, () => undefined),
    confirm: async (message) => {
      const { confirm } = await import('@clack/prompts');
      return (await confirm({ message, initialValue: false, output: process.stderr })) === true;
    },
    signal: stopping.signal,
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
  };
}

function sinkOf(stream: NodeJS.WriteStream, onClosed: () => void): Sink {
  let closed: ClosedPipeError | undefined;
  // Without a listener the error of a closed pipe would end the process with a stack trace.
  stream.on('error', (cause) => {
    closed ??= new ClosedPipeError('Nobody reads any more.', { cause });
    onClosed();
  });
  return {
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.isTTY === true ? stream.columns : Infinity;
    },
    async write(text) {
      if (closed) throw closed;
      await new Promise<void>((resolve, reject) => {
        stream.write(text, (cause) => (cause ? reject(new ClosedPipeError('closed', { cause })) : resolve()));
      });
    },
  };
}
