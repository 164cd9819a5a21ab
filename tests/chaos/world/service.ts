import { readFileSync, rmSync } from 'node:fs';
import { ServiceProcess } from '../../sample/support/service-process.ts';
import { until } from '../../sample/support/until.ts';

const COLLECTING_MS = 10_000;
const STOP_PATIENCE_MS = 30_000;
/** What is shown of what it wrote. */
const LAST_CHARACTERS = 3_000;

/** How one process of the system is started. */
export interface ServicePlace {
  readonly kind: string;
  /** Unique: `sms-1`. */
  readonly name: string;
  readonly entry: string;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  /** A file of its own. */
  readonly heapFile: string;
}

/** One process of the system, through its lives: killed, stopped, started, replaced by another version. */
export class Service {
  readonly name: string;
  readonly kind: string;
  /** When its present life was ready, as `performance.now()`. */
  began = 0;
  private readonly place: ServicePlace;
  private process: ServiceProcess;
  private isMeantToLive = false;
  private lastWords: string | undefined;

  constructor(place: ServicePlace) {
    this.place = place;
    this.name = place.name;
    this.kind = place.kind;
    this.process = this.make({});
  }

  get url(): string {
    return this.process.url;
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** Resolves when it is ready. @param env - what this version and later lives are told beside */
  async start(env?: NodeJS.ProcessEnv): Promise<void> {
    if (env) this.process = this.make(env);
    await this.process.start();
    this.began = performance.now();
    this.isMeantToLive = true;
  }

  async kill(): Promise<void> {
    this.noteFall();
    this.isMeantToLive = false;
    await this.process.crash();
  }

  /** As a deployment does. @returns whether it ended by itself, within 30 s and without an error */
  async stop(): Promise<boolean> {
    this.noteFall();
    this.isMeantToLive = false;
    let inTime = true;
    const impatience = setTimeout(() => {
      inTime = false;
      void this.process.crash();
    }, STOP_PATIENCE_MS);
    const code = await this.process.stop();
    clearTimeout(impatience);
    // Nest ends its process by the signal that it was sent, when everything is closed.
    return inTime && (code === 0 || this.process.endedBy === 'SIGTERM');
  }

  hold(): void {
    this.process.hold();
  }

  release(): void {
    this.process.release();
  }

  /** What it wrote last, when it ever ended though nobody had told it to. */
  get fellWith(): string | undefined {
    this.noteFall();
    return this.lastWords;
  }

  /** Bytes in use when everything unused was collected. */
  async liveBytes(): Promise<number> {
    const { heapFile } = this.place;
    rmSync(heapFile, { force: true });
    process.kill(this.pid!, 'SIGWINCH');
    return until(`what ${this.name} uses`, () => readBytes(heapFile), COLLECTING_MS);
  }

  /** Before it is told to end: from then on nobody can tell. */
  private noteFall(): void {
    if (this.isMeantToLive && this.pid === undefined)
      this.lastWords ??= this.process.output.slice(-LAST_CHARACTERS);
  }

  private make(env: NodeJS.ProcessEnv): ServiceProcess {
    const { name, entry, port, heapFile } = this.place;
    const preload = `--import=${import.meta.resolve('./preload.ts')}`;
    const all = { NODE_OPTIONS: preload, HEAP_FILE: heapFile, ...this.place.env, ...env };
    return new ServiceProcess(name, entry, port, all);
  }
}

function readBytes(file: string): number | undefined {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { bytes: number }).bytes;
  } catch {
    return undefined;
  }
}
