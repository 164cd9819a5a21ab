import { randomInt } from 'node:crypto';
import { parseOptions, USAGE, UsageError, type ChaosOptions } from './options.ts';
import { reportLines } from './report.ts';
import { runChaos } from './run.ts';

/** `npm run chaos`: see USAGE and docs/chaos.md. */
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args, randomInt(1, 1_000_000));
    if (options === 'help') {
      process.stdout.write(USAGE);
      return 0;
    }
    return await chaos(options);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    return 2;
  }
}

async function chaos(options: ChaosOptions): Promise<number> {
  const began = performance.now();
  const say = (line: string) => {
    const at = ((performance.now() - began) / 1_000).toFixed(0).padStart(4);
    process.stderr.write(`${at} s  ${line}\n`);
  };
  const report = await runChaos(options, say).catch((error: Error) => {
    process.stdout.write(`${error.stack}\nchaos failed: seed ${options.seed}, it could not go on\n`);
  });
  if (!report) return 1;
  for (const line of reportLines(report)) process.stdout.write(`${line}\n`);
  return report.violations.length > 0 ? 1 : 0;
}
