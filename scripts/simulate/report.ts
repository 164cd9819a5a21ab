import { shrink } from './shrink.ts';
import { describeStep, loadSimulation, type Outcome, type SimulationName } from './simulation.ts';

/** Lines of a trace that are shown of a failure. */
const TRACE_LINES = 400;

/** What is told of a failing seed: the rules it broke, the fewest steps that still break them, and what happened in these. */
export async function reportFailure(outcome: Outcome, name: SimulationName): Promise<string> {
  const { steps, outcome: short } = await shrink(outcome, await loadSimulation(name));
  return [
    `seed ${outcome.seed} broke:`,
    ...outcome.violations.map(({ rule, text }) => `  ${rule}: ${text}`),
    `the shortest schedule found, ${steps.length} steps, breaks:`,
    ...short.violations.map(({ rule, text }) => `  ${rule}: ${text}`),
    ...steps.map((step) => `  ${describeStep(step)}`),
    'its trace, times in virtual milliseconds:',
    ...(short.trace.length > TRACE_LINES ? [`  … ${short.trace.length - TRACE_LINES} lines before`] : []),
    ...short.trace.slice(-TRACE_LINES).map((line) => `  ${line}`),
    `npm run simulate --${name === 'outbox' ? ' --outbox' : ''} --seed ${outcome.seed} runs it again.`,
    '',
  ].join('\n');
}
