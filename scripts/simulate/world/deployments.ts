import type { SimProcess } from './sim-process.ts';
import type { World } from './world.ts';

/** One more process of a service, of the version it runs. */
export function start(world: World, who: number): void {
  const { services } = world.scenario;
  const service = services[who % services.length]!;
  // More processes would only make the run slower.
  if (world.members.filter((process) => process.service === service).length < 4) world.start(service);
}

/** Kills a process; another one may take its place after some milliseconds. */
export function crash(world: World, process: SimProcess, restart: number | undefined): void {
  process.crash();
  if (restart === undefined) return;
  world.clock.setTimer(restart, () => {
    if (!world.closing) world.start(process.service!);
  });
}

/** Replaces the processes of a service one by one: each is stopped, or (rough) killed, and a new one started. */
export function deploy(world: World, who: number, number: number, rough: boolean): void {
  const { services } = world.scenario;
  const service = services[who % services.length]!;
  const version = service.versions[number % service.versions.length]!;
  world.current.set(service, version);
  const old = world.members.filter((process) => process.service === service);
  old.forEach((process, index) => {
    world.clock.setTimer(index * 700, () => {
      if (world.closing || process.state !== 'running' || process.version === world.current.get(service))
        return;
      if (rough) process.crash();
      else process.close();
      world.start(service);
    });
  });
}

/** Tries a version in one process beside the others, and takes it back. */
export function canary(world: World, who: number, number: number, lifetime: number, rough: boolean): void {
  const { services } = world.scenario;
  const service = services[who % services.length]!;
  const others = service.versions.filter((version) => version !== world.current.get(service));
  if (others.length === 0) return;
  const process = world.start(service, others[number % others.length]);
  world.clock.setTimer(lifetime, () => {
    if (world.mended) return;
    if (rough) process.crash();
    else process.close();
  });
}
