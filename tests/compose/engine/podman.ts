import { execFileSync } from 'node:child_process';
import { until } from '../../sample/support/until.ts';
import { makeStandIns } from '../stand-ins/stand-ins.ts';
import { run, works } from './command.ts';
import { Engine, type Project, ROOT } from './engine.ts';
import { podmanEnvironment } from './podman-environment.ts';

const HEALTHY_WITHIN_MS = 180_000;
const GRACE_SECONDS = '60';

/** As much of a service of a compose file as is read here. */
interface ComposeService {
  readonly image: string;
  readonly build?: { readonly context: string; readonly args?: Readonly<Record<string, string>> };
  readonly depends_on?: Readonly<Record<string, unknown>>;
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
    this.services = readServices(project.files);
  }

  async build(): Promise<void> {
    // Layers that builds of other days left, and no image has; those of today save time.
    await this.cli('image', 'prune', '--force', '--filter', 'until=24h');
    await makeStandIns(
      Object.values(this.services).map(({ image }) => image),
      this.env,
    );
    for (const { image, build } of Object.values(this.services)) {
      if (!build) continue;
      const args = Object.entries(build.args ?? {}).flatMap(([name, value]) => [
        '--build-arg',
        `${name}=${value}`,
      ]);
      // Without --format docker an image has no health check.
      const how = ['bud', '--isolation', 'chroot', '--layers', '--format', 'docker', ...args];
      await run('buildah', [...how, '--tag', image, build.context], { cwd: ROOT, env: this.env });
    }
  }

  async up(): Promise<void> {
    const names = Object.keys(this.services);
    const first = names.filter((name) => !this.services[name]?.depends_on);
    for (const group of [first, names.filter((name) => !first.includes(name))]) {
      await this.compose('up', '--detach', '--no-build', '--no-deps', ...group);
      await Promise.all(group.map((name) => this.healthy(name)));
    }
  }

  async down({ volumes = false } = {}): Promise<void> {
    await this.compose('down', '--timeout', GRACE_SECONDS, ...(volumes ? ['--volumes'] : []));
    // podman-compose leaves its network behind.
    if (volumes) await this.cli('network', 'rm', `${this.project.name}_default`);
  }

  async healthy(service: string): Promise<void> {
    const id = await this.container(service);
    const healthy = () =>
      run('podman', ['healthcheck', 'run', id], { env: this.env }).then(
        () => true,
        () => false,
      );
    await until(`${service} to be healthy`, healthy, HEALTHY_WITHIN_MS).catch(async (cause: unknown) => {
      throw new Error(`${service} is not healthy. It wrote:\n${await this.log(service)}`, { cause });
    });
  }

  protected override get env(): NodeJS.ProcessEnv {
    return { ...super.env, ...podmanEnvironment() };
  }

  private compose(...args: readonly string[]): Promise<string> {
    return run('podman-compose', [...this.composeArgs, ...args], { cwd: ROOT, env: this.env });
  }
}

/** By the YAML reader that podman-compose brings along. */
function readServices(files: readonly string[]): Readonly<Record<string, ComposeService>> {
  const program =
    'import json, sys, yaml; json.dump([yaml.safe_load(open(f))["services"] for f in sys.argv[1:]], sys.stdout)';
  const json = execFileSync('python3', ['-c', program, ...files], { cwd: ROOT, encoding: 'utf8' });
  const services: Record<string, ComposeService> = {};
  for (const part of JSON.parse(json) as Record<string, ComposeService>[]) {
    for (const [name, service] of Object.entries(part)) services[name] = { ...services[name], ...service };
  }
  return services;
}

/** Whether this machine can do it: root, because containers get networks and users of their own. */
export async function podmanIsThere(): Promise<boolean> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const programs = await Promise.all(
    ['podman', 'buildah', 'podman-compose', 'debootstrap'].map((name) => works('which', name)),
  );
  return programs.every(Boolean);
}
