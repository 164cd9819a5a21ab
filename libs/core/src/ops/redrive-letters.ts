import { isWanted, type LetterFilter } from './letter-filter.js';
import type { LetterReading, ListedLetter } from './letter-reading.js';
import type { LetterStates } from './letter-states.js';
import { Pace } from './pace.js';
import type { OpsPorts } from './ports.js';
import { Redriver, type RedriveOptions, type RedriveResult } from './redriver.js';

/** Letters that are sent together. */
const STEP = 100;

/** The letters of a group, and those named by id that somebody decided on before. */
export interface Redrivable {
  readonly group: string;
  readonly states: LetterStates;
  readonly reading: LetterReading;
  readonly settled: readonly ListedLetter[];
}

/** Redrives the letters that match, some at a time, at the rate that is asked for. */
export async function redriveLetters(
  ports: OpsPorts,
  { group, states, reading, settled }: Redrivable,
  filter: LetterFilter,
  { actor, rate = 100, maxRedrives = 5, signal, dryRun = false, onProgress }: RedriveOptions,
): Promise<RedriveResult> {
  const pace = new Pace(ports.clock, rate, 'redrive', 'letters');
  const refused = settled.filter(isWanted(filter)).map((letter) => ({ id: letter.id, why: decided(letter) }));
  const result = { redriven: 0, repeated: 0, refused, stopped: false };
  const redriver = new Redriver(ports, group, states, actor);
  const go = async (step: readonly ListedLetter[]) => {
    const done = dryRun ? { sent: step, refused: [] } : await redriver.send(step);
    result.refused.push(...done.refused);
    result.redriven += done.sent.length;
    result.repeated += done.sent.filter(({ state }) => state?.state === 'redriving').length;
    onProgress?.({ ...result, refused: [...result.refused] });
    if (!dryRun) await pace.after(done.sent.length, signal);
  };
  try {
    let step: ListedLetter[] = [];
    for await (const letter of reading.list(filter, false)) {
      if (signal?.aborted) break;
      const { redrives } = letter.history;
      if (redrives >= maxRedrives) {
        result.refused.push({
          id: letter.id,
          why: `redriven ${redrives} times already (maxRedrives ${maxRedrives})`,
        });
        continue;
      }
      step.push(letter);
      if (step.length < pace.step(STEP)) continue;
      await go(step);
      step = [];
    }
    if (step.length > 0 && !signal?.aborted) await go(step);
  } finally {
    await redriver.close();
  }
  if (!dryRun && result.redriven >= STEP) await reading.raiseFloors();
  result.stopped = signal?.aborted ?? false;
  return result;
}

function decided({ state }: ListedLetter): string {
  if (state?.state === 'discarded') return `discarded by ${state.actor} already: ${state.reason}`;
  return `redriven by ${state?.actor} already; if it failed again, that is a letter of its own`;
}
