import { repeats, violations } from './check/check.ts';
import { find } from './check/find.ts';
import { Killer } from './faults/killer.ts';
import { plan } from './faults/plan.ts';
import type { SoakOptions } from './options.ts';
import type { News } from './processes/messages.ts';
import { atRest } from './world/at-rest.ts';
import { Mortal } from './world/mortal.ts';
import { Registering } from './world/registering.ts';
import { SoakWorld } from './world/soak-world.ts';
import { until } from './world/until.ts';

/** What a soak saw. */
export interface SoakReport {
  /** What was violated, a sentence each; empty: nothing. */
  readonly violations: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

/** Beyond the time over which registrations are spread. */
const WRITING_PATIENCE_MS = 300_000;
/** For everything to arrive after the last registration. */
const REST_PATIENCE_MS = 300_000;

/** Registers, kills, waits until everything has come to rest, and checks. @param progress - told what happens, in words */
export async function runSoak(options: SoakOptions, progress: (line: string) => void): Promise<SoakReport> {
  const world = await SoakWorld.open(options);
  const fell: string[] = [];
  let triedAgain = 0;
  let known = 0;
  const heard = (news: News) => {
    if (news.kind === 'settled') registering.settle(news.number);
    if (news.kind === 'tried-again' && triedAgain++ === 0) progress(`tried again: ${news.reason}`);
    if (news.kind === 'known') known++;
  };
  const endedByItself = (how: string) => void fell.push(how);
  const mortal = (role: string) => new Mortal(role, world.places, { heard, endedByItself });
  const [service, points] = [mortal('service'), mortal('points')];
  const relays = [mortal('relay'), mortal('relay')];
  const everybody = [service, points, ...relays];
  const registering = new Registering(options.registrations, options.spreadMs, (order) =>
    service.send(order),
  );
  const again = async (one: Mortal) => {
    await one.kill();
    await one.start();
    if (one === service) registering.again();
  };
  const faults = plan(options.faults, {
    killService: () => again(service),
    killPoints: () => again(points),
    brokerAway: () => world.brokers.away(options.awayMs),
    restartDatabase: (rough) => world.databases.restart(rough),
  });
  let killer: Killer | undefined;
  try {
    await Promise.all(everybody.map((one) => one.start()));
    const began = performance.now();
    killer = new Killer(relays, options.killEveryMs);
    registering.begin();
    const patienceMs = options.spreadMs + WRITING_PATIENCE_MS;
    for (const { name, at, happens } of faults) {
      await until(() => registering.settled >= at * registering.total, patienceMs);
      progress(`${registering.settled} registrations: ${name}`);
      await happens();
    }
    const written = await until(() => registering.finished, patienceMs);
    const writingMs = performance.now() - began;
    progress(`${registering.settled} registrations: all are settled`);
    const rested = written && (await until(() => atRest(world), REST_PATIENCE_MS));
    const allMs = performance.now() - began;
    await killer.stop();
    const ended = await Promise.all(everybody.map((one) => one.stop()));
    const found = await find(world, committedOf(options.registrations));
    return {
      violations: [
        ...fell,
        ...(written ? [] : [`${registering.total - registering.settled} registrations never ended`]),
        ...(rested ? [] : ['not everything came to rest in time']),
        ...(ended.every(Boolean) ? [] : ['a process did not stop when it was told to']),
        ...violations(found),
      ],
      figures: {
        registrations: options.registrations,
        committed: found.users.length,
        writingSeconds: seconds(writingMs),
        untilRestSeconds: seconds(allMs),
        relayKills: relays.reduce((sum, { kills }) => sum + kills, 0),
        serviceKills: service.kills,
        pointsKills: points.kills,
        otherFaults: faults.length - service.kills - points.kills,
        transactionsTriedAgain: triedAgain,
        repeatsOfRegistered: repeats(found.registered),
        repeatsOfAwarded: repeats(found.awarded),
        repeatsKnownToTheInbox: known,
      },
    };
  } finally {
    registering.end();
    await killer?.stop();
    for (const one of everybody) await one.stop();
    await world.close();
  }
}

/** Every tenth is rolled back. */
function committedOf(registrations: number): number {
  return registrations - Math.floor((registrations + 6) / 10);
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
