import type { FaultName } from '../options.ts';

/** Something that happens when so much of the work is done. */
export interface PlannedFault {
  readonly name: string;
  /** Share of the registrations that are settled. */
  readonly at: number;
  readonly happens: () => Promise<void>;
}

/** What a plan is made of. */
export interface FaultActions {
  /** Kills the process and starts it again. */
  readonly killService: () => Promise<void>;
  readonly killPoints: () => Promise<void>;
  readonly brokerAway: () => Promise<void>;
  readonly restartDatabase: (rough: boolean) => Promise<void>;
}

/** In the order in which they happen. Those of one process never at the same time. */
export function plan(names: readonly FaultName[], actions: FaultActions): readonly PlannedFault[] {
  const faults: PlannedFault[] = [
    { name: 'service killed', at: 0.2, happens: actions.killService },
    { name: 'points killed', at: 0.35, happens: actions.killPoints },
    { name: 'service killed', at: 0.6, happens: actions.killService },
    { name: 'points killed', at: 0.75, happens: actions.killPoints },
  ];
  if (names.includes('broker')) faults.push({ name: 'broker away', at: 0.4, happens: actions.brokerAway });
  if (names.includes('database'))
    faults.push(
      { name: 'database restarted', at: 0.3, happens: () => actions.restartDatabase(false) },
      { name: 'database killed', at: 0.5, happens: () => actions.restartDatabase(true) },
    );
  return faults.sort((a, b) => a.at - b.at);
}
