import { runLongTransaction } from './long-transaction/long-transaction.ts';
import { parseOptions, USAGE, UsageError, type LongTransactionOptions, type SoakOptions } from './options.ts';
import { runSoak } from './soak.ts';

/** `npm run soak:outbox`: see USAGE and docs/outbox-proof.md. */
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options === 'help') {
      process.stdout.write(USAGE);
      return 0;
    }
    return await ('longTransactionMs' in options ? longTransaction(options) : soak(options));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    return 2;
  }
}

async function soak(options: SoakOptions): Promise<number> {
  const { violations, figures } = await runSoak(options, (line) => process.stderr.write(`${line}\n`));
  process.stdout.write(`${JSON.stringify({ ...options, ...figures }, null, 2)}\n`);
  return ended(violations);
}

async function longTransaction(options: LongTransactionOptions): Promise<number> {
  const report = await runLongTransaction(options, (stretch) =>
    process.stderr.write(`${JSON.stringify(stretch)}\n`),
  );
  process.stdout.write(`${JSON.stringify({ ...options, ...report }, null, 2)}\n`);
  return ended(report.violations);
}

function ended(violations: readonly string[]): number {
  for (const text of violations) process.stdout.write(`${text}\n`);
  process.stdout.write(`${violations.length} violations\n`);
  return violations.length > 0 ? 1 : 0;
}
