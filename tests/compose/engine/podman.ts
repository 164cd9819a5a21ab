import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../sample/support/until.ts';
import { makeStandIns } from '../stand-ins/stand-ins.ts';
import { run, works } from './command.ts';
import { baseImages, type ComposeService, readServices } from './compose-file.ts';
import { Engine } from './engine.ts';
import { removeLeftovers, removeProject } from './leftovers.ts';
import { podmanEnvironment } from './podman-environment.ts';
import { type Project } from './project.ts';

const HEALTHY_WITHIN_MS = 300_000;
/** Each question starts processes, which what is starting up would have to wait for. */
const ASK_EVERY_MS = 500;
const GRACE_SECONDS = '60';

/** One build, and the names of all images that it makes. */
interface SharedBuild {
  readonly context: string;
  /** `APP=sms` */
  readonly args: readonly string[];
  readonly tags: readonly string[];
}

/**
 * podman with podman-compose, for machines without a Docker engine and without systemd. What they lack is done here: images
 * are built by buildah without a container's privileges, nobody runs health checks unless asked, and so nobody waits for them.
 */
export class PodmanEngine extends Engine {
  readonly name = 'podman';
  protected readonly program = 'podman';
  private readonly services: Readonly<Record<string, ComposeService>>;

  constructor(project: Project) {
    super(project);
    this.services = readServices(project);
  }

  async build(): Promise<void> {
    await removeLeftovers(this.env);
    const { folder } = this.project;
    const services = Object.values(this.services);
    const named = services.flatMap(({ image }) => image ?? []);
    await makeStandIns([...baseImages(folder, services), ...named], this.env);
    const [first, ...others] = this.builds();
    // The first makes the stages that they share.
    if (first) await this.buildImage(first);
    await Promise.all(others.map((build) => this.buildImage(build)));
  }

  private async buildImage({ context, args, tags }: SharedBuild): Promise<void> {
    // Without --format docker an image has no health check.
    const how = ['bud', '--isolation', 'chroot', '--layers', '--format', 'docker'];
    const given = args.flatMap((arg) => ['--build-arg', arg]);
    const named = tags.flatMap((tag) => ['--tag', tag]);
    const { folder } = this.project;
    await run('buildah', [...how, ...given, ...named, context], { cwd: folder, env: this.env });
  }

  async up(): Promise<void> {
    for (const group of this.groups()) {
      await this.compose('up', '--detach', '--no-build', '--no-deps', ...group);
      await Promise.all(group.map((name) => this.healthy(name)));
    }
  }

  async down({ volumes = false } = {}): Promise<void> {
    // What is thrown away need not end in order, and may never have begun.
    if (volumes) return removeProject(this.project.name, this.env);
    // podman-compose alone would stop one after the other, and wait for each.
    for (const group of this.groups().toReversed()) {
      const ids = await Promise.all(group.map((name) => this.container(name)));
      await this.cli('stop', '--time', GRACE_SECONDS, ...ids);
    }
    await this.compose('down', '--timeout', GRACE_SECONDS);
  }

  async healthy(service: string): Promise<void> {
    const id = await this.container(service);
    const healthy = async () => {
      const answer = await works('podman', ['healthcheck', 'run', id], this.env);
      return answer || delay(ASK_EVERY_MS, false);
    };
    await until(`${service} to be healthy`, healthy, HEALTHY_WITHIN_MS).catch(async (cause: unknown) => {
      throw new Error(`${service} is not healthy. It wrote:\n${await this.log(service)}`, { cause });
    });
  }

  protected override get env(): NodeJS.ProcessEnv {
    return { ...super.env, ...podmanEnvironment() };
  }

  /** Services that wait for none, and those that wait for them. */
  private groups(): readonly (readonly string[])[] {
    const names = Object.keys(this.services);
    const first = names.filter((name) => !this.services[name]?.depends_on);
    return [first, names.filter((name) => !first.includes(name))];
  }

  /** What is built in the same way is built once, for all services that have it. */
  private builds(): Iterable<SharedBuild> {
    const builds = new Map<string, SharedBuild>();
    for (const [name, { build }] of Object.entries(this.services)) {
      if (!build) continue;
      const args = Object.entries(build.args ?? {}).map((arg) => arg.join('='));
      const same = [build.context, ...args].join('\n');
      const known = builds.get(same) ?? { context: build.context, args, tags: [] };
      builds.set(same, { ...known, tags: [...known.tags, this.imageOf(name)] });
    }
    return builds.values();
  }

  /** As podman-compose names it. */
  private imageOf(service: string): string {
    return this.services[service]?.image ?? `${this.project.name}_${service}`;
  }

  private compose(...args: readonly string[]): Promise<string> {
    const { folder } = this.project;
    return run('podman-compose', [...this.composeArgs, ...args], { cwd: folder, env: this.env });
  }
}
