import { usageFault } from './faults.js';
import { type Plan } from './plan/plan.js';

/**
 * A file that is there stays as it is. Where it holds something else than the class that is asked for, whatever is to import that
 * class would break: `main.ts` is no handler.
 */
export function refuseTakenFile(plan: Plan, path: string, what: string, className: string): void {
  const text = plan.read(path);
  if (text === undefined || new RegExp(`\\bclass\\s+${className}\\b`).test(text)) return;
  throw usageFault(
    'TRAMLINE_NAME',
    `${path} is there already and has no class '${className}': choose another name for the ${what}.`,
  );
}
