import { run } from './command.ts';
import { type Project } from './project.ts';

/** What the file itself grants, and more than any service of it needs. */
const GRACE_SECONDS = 60;

/** How a container is, as Docker and podman both tell it. */
export interface ContainerState {
  readonly Running: boolean;
  readonly ExitCode: number;
}

/**
 * Who runs containers. Docker and podman understand the same words about a single container; a compose file they bring up
 * in different ways, which is all that a subclass says.
 */
export abstract class Engine {
  /** For people. */
  abstract readonly name: string;
  protected readonly project: Project;

  constructor(project: Project) {
    this.project = project;
  }

  /** Builds every image that the file builds. */
  abstract build(): Promise<void>;
  /** Starts what does not run, what it depends on first. Resolves when every container is healthy. */
  abstract up(): Promise<void>;
  /** Ends and removes the containers as an operator would; with `volumes` also all that they kept, and images without a name. */
  abstract down(options?: { readonly volumes?: boolean }): Promise<void>;
  /** Resolves when the container says of itself that it is healthy. @throws Error with its log */
  abstract healthy(service: string): Promise<void>;
  /** The engine's own program. */
  protected abstract readonly program: string;

  /** Builds and starts everything, and says how long that took. Resolves when all of it is healthy. */
  async bringUp(): Promise<void> {
    const start = performance.now();
    await this.build();
    const built = performance.now();
    await this.up();
    const [build, up] = [built - start, performance.now() - built].map((ms) => `${Math.round(ms / 1_000)} s`);
    console.info(`${this.name}: images in ${build}, up and healthy in ${up}`);
  }

  /** @returns the exit code; 137 says that it had to be killed */
  async stop(service: string): Promise<number> {
    await this.cli('stop', '--time', String(GRACE_SECONDS), await this.container(service));
    return (await this.inspect<ContainerState>(service, '.State')).ExitCode;
  }

  /** As a power cut does. Resolves when it is gone. @returns the exit code, 137 */
  async kill(service: string): Promise<number> {
    const id = await this.container(service);
    await this.cli('kill', id);
    return Number(await this.cli('wait', id));
  }

  /** Resolves when it is healthy again. */
  async start(service: string): Promise<void> {
    await this.cli('start', await this.container(service));
    await this.healthy(service);
  }

  /** Runs a program in a container. @returns what it wrote @throws Error when it fails */
  async exec(service: string, ...command: readonly string[]): Promise<string> {
    return this.cli('exec', await this.container(service), ...command);
  }

  /** A part of what the engine knows of a container, such as `.State`. */
  async inspect<T>(service: string, part: string): Promise<T> {
    const json = await this.cli('inspect', '--format', `{{json ${part}}}`, await this.container(service));
    return JSON.parse(json) as T;
  }

  /** All that it has written. */
  async log(service: string): Promise<string> {
    const command = [this.program, 'logs', await this.container(service)];
    return run('sh', ['-c', '"$@" 2>&1', 'sh', ...command], { env: this.env });
  }

  /** The environment of every program that is run. */
  protected get env(): NodeJS.ProcessEnv {
    return this.project.env;
  }

  protected get composeArgs(): readonly string[] {
    return ['--project-name', this.project.name, ...this.project.files.flatMap((file) => ['--file', file])];
  }

  /** With arguments that Docker and podman both know. */
  protected cli(...args: readonly string[]): Promise<string> {
    return run(this.program, args, { cwd: this.project.folder, env: this.env });
  }

  /** @throws Error when the service has no container */
  protected async container(service: string): Promise<string> {
    const label = 'label=com.docker.compose';
    const filters = [`${label}.project=${this.project.name}`, `${label}.service=${service}`];
    const ids = await this.cli(
      'ps',
      '--all',
      '--quiet',
      ...filters.flatMap((filter) => ['--filter', filter]),
    );
    const [id] = ids.split('\n');
    if (!id) throw new Error(`There is no container of ${service} in the project ${this.project.name}`);
    return id;
  }
}
