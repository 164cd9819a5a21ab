import { accessSync, constants, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, Rebuilder } from './build.ts';
import { type Carrier, openCarrier } from './carrier.ts';
import { parseOptions, type StartOptions, USAGE, UsageError } from './options.ts';
import { Output } from './output.ts';
import { portFaults } from './ports.ts';
import { freshPerson, isReady, register } from './sample-user.ts';
import { type App, environmentOf, findApps, placeApps, type Service } from './services.ts';
import { Supervisor } from './supervisor.ts';
import { printTable } from './table.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** How long the services may take to answer before we say so, in milliseconds. */
const READY_WITHIN = 60_000;
/** How often we look whether npm is still there, in milliseconds. */
const PARENT_CHECK = 500;

const apps = findApps(ROOT);
try {
  const options = parseOptions(
    process.argv.slice(2),
    apps.map(({ name }) => name),
    process.env,
  );
  if (options === 'help') process.stdout.write(USAGE);
  else await start(apps, options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}

async function start(all: readonly App[], options: StartOptions): Promise<void> {
  const placed = placeApps(all, options.ports);
  const services = placed.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
  const out = new Output(
    process.stdout,
    placed.map(({ name }) => name),
    process.env,
  );
  const stopping = new AbortController();

  // Ports first: nothing has been started when one of them is taken.
  const faults = await portFaults(services);
  if (faults.length > 0) {
    process.stderr.write(
      `${faults.join('\n')}\nFree it, or start on other ports: npm start -- --ports ${options.ports + 1_000}\n`,
    );
    process.exitCode = 1;
    return;
  }
  const dataFault = directoryFault(options.data);
  if (dataFault) {
    process.stderr.write(`${dataFault}\n`);
    process.exitCode = 1;
    return;
  }
  if (!(await build(ROOT)) && !options.watch) {
    process.exitCode = 1;
    return;
  }

  let carrier: Carrier;
  try {
    carrier = await openCarrier(options.transport, out);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
    return;
  }

  const env = { ...(out.coloured ? {} : { NO_COLOR: '1' }), ...carrier.env };
  const supervisors = new Map(
    services.map((service) => [
      service.name,
      new Supervisor(service, { ...env, ...environmentOf(service, placed, options.data) }, out),
    ]),
  );
  for (const supervisor of supervisors.values()) supervisor.start();
  const rebuilder = options.watch
    ? new Rebuilder(ROOT, [...supervisors.keys()], readdirSync(join(ROOT, 'libs')), out, (app) => {
        for (const [name, supervisor] of supervisors)
          if (app === undefined || app === name) supervisor.restart();
      })
    : undefined;

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // Who asks twice does not want to wait.
      if (stopping.signal.aborted) for (const supervisor of supervisors.values()) supervisor.kill('SIGKILL');
      stopping.abort();
    });
  }
  // On SIGTERM npm ends its shell and nobody tells us; that our parent is gone is all there is to see.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event) {
    setInterval(() => process.ppid !== parent && stopping.abort(), PARENT_CHECK).unref();
  }
  // Nobody reads any more (`npm start | head`).
  process.stdout.on('error', () => stopping.abort());
  // Should we end in any other way, the children still do not stay behind.
  process.once('exit', () => supervisors.forEach((supervisor) => supervisor.kill('SIGTERM')));
  stopping.signal.addEventListener(
    'abort',
    () => void stop([...supervisors.values()], rebuilder, carrier, out),
  );

  await greet(services, out, stopping.signal);
}

/** What is wrong with the data directory; it is made where it does not exist. */
function directoryFault(directory: string): string | undefined {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    return `The data directory ${directory} cannot be used: ${(error as Error).message}. Name another one: npm start -- --data <directory>`;
  }
}

/** Shows where everything is, and registers somebody, so that the flow is seen at once. */
async function greet(services: readonly Service[], out: Output, signal: AbortSignal): Promise<void> {
  const ready = await Promise.all(services.map((service) => isReady(service, READY_WITHIN, signal)));
  if (signal.aborted) return;
  services.forEach(
    ({ name }, i) => ready[i] || out.note(name, `does not answer after ${READY_WITHIN / 1_000} s`),
  );

  const registration = services.find(({ name }) => name === 'registration');
  printTable(services, registration, freshPerson('Grace Hopper'), out);
  if (!registration) return;
  const person = freshPerson('Ada Lovelace');
  out.note(registration.name, `registering ${person.name} <${person.email}> ${person.phone} as a sample`);
  const answer = await register(registration, person).catch(
    (error: unknown) => `it could not be asked: ${String(error)}`,
  );
  out.note(registration.name, answer);
}

async function stop(
  supervisors: readonly Supervisor[],
  rebuilder: Rebuilder | undefined,
  carrier: Carrier,
  out: Output,
): Promise<void> {
  out.say('\nStopping …');
  rebuilder?.close();
  const clean = await Promise.all(supervisors.map((supervisor) => supervisor.stop()));
  await carrier.stop();
  out.say('Stopped.');
  process.exit(clean.every(Boolean) ? 0 : 1);
}
