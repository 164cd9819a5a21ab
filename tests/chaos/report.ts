import { megabytes, type Growth } from './checker/growth.ts';
import { handlings } from './checker/handlings.ts';
import { pauses } from './checker/pauses.ts';
import { timeline } from './checker/timeline.ts';
import type { ChaosReport } from './run.ts';

/** More of the same say nothing more. */
const MOST_VIOLATIONS = 20;
const MOST_TIMELINES = 3;

/** @returns lines; the last one says whether it passed */
export function reportLines(report: ChaosReport): string[] {
  const { seed, violations } = report;
  const passed = violations.length === 0;
  return [
    '',
    ...figures(report),
    '',
    ...pausesOfDeployments(report),
    ...(report.growth.connections.length > 0 ? growthLines(report.growth) : []),
    ...violations.slice(0, MOST_VIOLATIONS).map(({ text }) => `violated: ${text}`),
    ...timelines(report),
    passed
      ? `chaos passed: seed ${seed}, ${report.faults.length} faults, ${report.registrations} registrations, 0 violations`
      : `chaos failed: seed ${seed}, ${violations.length} violations; again with --seed ${seed} --minutes ${report.minutes} --rate ${report.load.rate}`,
  ];
}

function figures({ load, busy, faults, found, restMs, repeatedSms, registrations }: ChaosReport): string[] {
  const records = found.announced.length + found.awarded.length + found.loggedSteps.length;
  const recoveries = faults.flatMap(({ recoveredMs }) => recoveredMs ?? []).sort((a, b) => a - b);
  const repeats = (all: readonly { readonly eventId: string }[]) =>
    all.length - new Set(all.map(({ eventId }) => eventId)).size;
  const mails = [...found.mails.values()].reduce((sum, count) => sum + count, 0);
  return [
    `rate                 ${load.rate} registrations a second (${percent(load.busy)} of the CPU in use; ${percent(busy)} with all faults)`,
    `registrations        ${registrations} answered 201 while faults were injected; ${found.users.length} users in all`,
    `events               ${records} in the log, ${found.steps.length + found.ledger.length + repeatedSms + found.sms.size + mails} handled`,
    `repeats              in the log ${repeats(found.announced) + repeats(found.awarded) + repeats(found.loggedSteps)}, SMS calls ${repeatedSms}, steps ${repeats(found.steps)}`,
    `poison               ${found.poisoned.length} events, ${found.letters.length} dead letters`,
    `recovery             median ${seconds(recoveries[Math.floor(recoveries.length / 2)])}, longest ${seconds(recoveries.at(-1))}`,
    `at rest              ${seconds(restMs)} after the last fault`,
  ];
}

/** How long partitions stood still while processes were replaced one by one. */
function pausesOfDeployments({ deployments, found }: ChaosReport): string[] {
  return deployments.flatMap(({ from, to }) => [
    `rolling deployment of ${seconds(to - from)}; pauses of partitions, p99 and longest, in ms:`,
    ...Object.entries(handlings(found)).map(([group, all]) => {
      const each = pauses(all, from, to).map(
        ({ partition, p99, longest }) => `${partition}: ${Math.round(p99)} ${Math.round(longest)}`,
      );
      return `  ${group.padEnd(8)} ${each.join('   ')}`;
    }),
  ]);
}

/** Of each service the life that was looked at most often. */
function growthLines({ lives, connections }: Growth): string[] {
  const byName = Map.groupBy(lives.values(), ({ name }) => name);
  const longest = [...byName.values()].map((all) =>
    all.reduce((a, b) => (b.samples.length > a.samples.length ? b : a)),
  );
  const [first, last] = [connections[0]!, connections.at(-1)!];
  return [
    `connections          to brokers ${first.brokers} at first, ${last.brokers} at the end; to PostgreSQL ${first.database}, ${last.database}`,
    ...longest.map(({ name, samples }) => {
      const [one, other] = [samples[0]!, samples.at(-1)!];
      return `  ${name.padEnd(16)} ${megabytes(one.bytes)} and ${one.handles} handles at first, ${megabytes(other.bytes)} and ${other.handles} at the end (${samples.length} looks)`;
    }),
    '',
  ];
}

function timelines({ violations, found, faults }: ChaosReport): string[] {
  const subjects = [...new Set(violations.flatMap(({ subject }) => subject ?? []))].slice(0, MOST_TIMELINES);
  const moments = faults.flatMap(({ name, at, lastedMs }) => [
    { at, what: `fault: ${name}` },
    { at: at + lastedMs, what: `end of fault: ${name}` },
  ]);
  return subjects.flatMap((subject) => [
    `timeline of ${subject}:`,
    ...timeline(subject, found, moments).map(({ at, what }) => `  ${new Date(at).toISOString()} ${what}`),
  ]);
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? '-' : `${(ms / 1_000).toFixed(1)} s`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
