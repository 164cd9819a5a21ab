import { run } from './command.ts';
import { Engine } from './engine.ts';

/** Seconds until everything must be healthy; fetching images comes before. */
const UP_WITHIN = 300;

/** Docker with its compose plugin, which does all of it by itself. */
export class DockerEngine extends Engine {
  readonly name = 'Docker';
  protected readonly program = 'docker';

  async build(): Promise<void> {
    await this.compose('build');
  }

  async up(): Promise<void> {
    await this.compose('up', '--detach', '--no-build', '--wait', '--wait-timeout', String(UP_WITHIN));
  }

  async down({ volumes = false } = {}): Promise<void> {
    await this.compose('down', ...(volumes ? ['--volumes', '--rmi', 'local'] : []));
  }

  async healthy(service: string): Promise<void> {
    await this.compose('up', '--detach', '--no-build', '--no-deps', '--no-recreate', '--wait', service);
  }

  private compose(...args: readonly string[]): Promise<string> {
    return run('docker', ['compose', ...this.composeArgs, ...args], {
      cwd: this.project.folder,
      env: this.env,
    });
  }
}
