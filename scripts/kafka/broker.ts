import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { classPath } from './jars.ts';
import { FULL_COMPILER, JavaProcess } from './java-process.ts';
import { untilReady } from './ready.ts';
import { type NodePlace } from './server-properties.ts';

const START_TIMEOUT_MS = 60_000;

/** One broker of a cluster, which can be stopped, killed, held and started again; its data and its port stay. */
export class Broker {
  readonly place: NodePlace;
  private readonly jars: string;
  private readonly lasting: boolean;
  private process: JavaProcess | undefined;

  /** @param lasting - as `ClusterOptions` */
  constructor(place: NodePlace, jars: string, properties: string, lasting: boolean) {
    this.place = place;
    this.jars = jars;
    this.lasting = lasting;
    writeFileSync(this.propertiesFile, properties);
  }

  get address(): string {
    return `127.0.0.1:${this.place.port}`;
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** Prepares its data folder; once. */
  async format(clusterId: string, more: readonly string[]): Promise<void> {
    // One word: an id that begins with a hyphen would be taken for an option.
    const id = `--cluster-id=${clusterId}`;
    const args = ['kafka.tools.StorageTool', 'format', id, '-c', this.propertiesFile, ...more];
    const tool = await JavaProcess.start(classPath(this.jars), args, this.log);
    await tool.ended;
  }

  /** Starts its process; `ready` waits for it. */
  async launch(): Promise<void> {
    const options = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];
    if (this.lasting) options.push(FULL_COMPILER);
    this.process = await JavaProcess.start(
      classPath(this.jars),
      ['kafka.Kafka', this.propertiesFile],
      this.log,
      options,
    );
  }

  /** @throws Error with the end of its log */
  async ready(): Promise<void> {
    try {
      await untilReady(this.place.port, START_TIMEOUT_MS, () => this.process?.running ?? false);
    } catch (error) {
      const log = await readFile(this.log, 'utf8').catch(() => '');
      throw new Error(`${(error as Error).message}\n${log.slice(-2_000)}`, { cause: error });
    }
  }

  async start(): Promise<void> {
    await this.launch();
    await this.ready();
  }

  /** As an operator would: it hands its partitions over first. */
  stop(): Promise<void> {
    return this.process?.end('SIGTERM') ?? Promise.resolve();
  }

  /** Without a word. */
  kill(): Promise<void> {
    return this.process?.end('SIGKILL') ?? Promise.resolve();
  }

  /** Its connections stay open, and nothing comes from them. */
  hold(): void {
    this.process?.signal('SIGSTOP');
  }

  release(): void {
    this.process?.signal('SIGCONT');
  }

  private get propertiesFile(): string {
    return join(this.place.folder, 'server.properties');
  }

  private get log(): string {
    return join(this.place.folder, 'kafka.log');
  }
}
