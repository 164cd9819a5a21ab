import { type Output } from '../output/output.js';
import { type Plan } from './plan/plan.js';
import { unifiedDiff } from './plan/unified-diff.js';

/** Says what was done, or with `dryRun` what would be, as a patch that `git apply` takes. */
export async function reportPlan(
  output: Output,
  plan: Plan,
  { dryRun }: { readonly dryRun: boolean },
): Promise<void> {
  const { changes, kept, notes } = plan;
  await output.json({
    dryRun,
    created: changes.filter(({ before }) => before === undefined).map(({ path }) => path),
    changed: changes.filter(({ before }) => before !== undefined).map(({ path }) => path),
    kept,
    notes,
    ...(dryRun && { diff: changes.map(unifiedDiff).join('') }),
  });
  if (changes.length === 0) await output.line('Nothing to change.');
  for (const change of changes)
    if (!dryRun) await output.line(`${change.before === undefined ? 'created' : 'changed'}  ${change.path}`);
    else
      for (const line of unifiedDiff(change).replace(/\n$/, '').split('\n'))
        await output.line(output.paint(line.startsWith('+') ? 32 : line.startsWith('-') ? 31 : 0, line));
  for (const path of changes.length === 0 ? [] : kept)
    await output.note(`left as it is: ${path}, which was there`);
  for (const note of notes) await output.note(note);
}
