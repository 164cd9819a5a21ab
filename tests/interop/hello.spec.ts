import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { sharedBrokers } from '../kafka/support/broker.ts';
import { until } from '../kafka/support/until.ts';
import { goProgram } from './support/go.ts';
import { Program } from './support/program.ts';
import { pythonWithKafka } from './support/python.ts';
import { describeWith } from './support/tools.ts';

const HELLO = join(import.meta.dirname, '..', '..', 'docs', 'snippets', 'hello');
/** Installing and compiling takes minutes on a small machine, once; then six programs start at the same time. */
const FIRST_TIME_MS = 300_000;
const PATIENCE_MS = 90_000;

describeWith('python', 'go')('the hello world of the Kafka page', () => {
  const running: Program[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((program) => program.stop()));
  });

  const start = (command: readonly string[], brokers: string): Program => {
    const program = new Program(command, { KAFKA_BROKERS: brokers, NO_COLOR: '1' });
    running.push(program);
    return program;
  };

  it(
    'each of TypeScript, Python and Go hears all three',
    async () => {
      const brokers = await sharedBrokers();
      const commands = async (what: 'publish' | 'receive') => ({
        TypeScript: [process.execPath, join(HELLO, `${what}.ts`)],
        Python: [await pythonWithKafka(), join(HELLO, `${what}.py`)],
        Go: [await goProgram(what)],
      });
      // The topic is made by the first of ours; the others need it.
      const { TypeScript: ours, ...others } = await commands('publish');
      const first = start(ours, brokers);
      const written = /^partition \d+, offset \d+, 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d/m;
      await until('the first event is written', () => first.printed(written), PATIENCE_MS);
      const publishers = [first, ...Object.values(others).map((command) => start(command, brokers))];
      const receivers = Object.values(await commands('receive')).map((command) => start(command, brokers));

      await until('all have published', () => publishers.every((one) => one.printed(written)), PATIENCE_MS);
      for (const name of ['TypeScript', 'Python', 'Go']) {
        const heard = new RegExp(`^Hello from ${name} \\(partition \\d+, offset \\d+\\)$`, 'm');
        await until(`all heard ${name}`, () => receivers.every((one) => one.printed(heard)), PATIENCE_MS);
      }
      // It says so every three seconds, not once.
      const twice = new RegExp(`${written.source}[^]*^partition`, 'm');
      await until('the first says it again', () => first.printed(twice), PATIENCE_MS);
      expect(first.output).not.toMatch(/error/i);
    },
    FIRST_TIME_MS,
  );
});
