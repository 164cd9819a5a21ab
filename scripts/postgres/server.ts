import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from '../kafka/ports.ts';
import { serverAccount, type Account } from './account.ts';
import { findBinaries } from './binaries.ts';

/**
 * Runs the server, tells its process id, and lets it stop when we die however we die: the shell's input is a pipe from us.
 * SIGINT is PostgreSQL's fast stop: open transactions are rolled back.
 */
const KEEPER = `
exec 3<&0
"$@" </dev/null >>"$SERVER_LOG" 2>&1 &
server=$!
echo $server
(cat <&3 >/dev/null; kill -INT $server) 2>/dev/null &
wait $server
`;

const START_DEADLINE_MS = 60_000;

export interface ServerOptions {
  /** Whether a commit waits for the disk. Default false: what a crash of the machine loses is no matter to tests. */
  readonly durable?: boolean;
  /** More lines of postgresql.conf, by name. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A PostgreSQL of our own, on 127.0.0.1 and a free port, in a folder of its own that goes with it. */
export class PostgresServer {
  readonly port: number;
  private readonly folder: string;
  private readonly bin: string;
  private readonly account: Account | undefined;
  private readonly settings: Readonly<Record<string, string>>;
  private keeper: ChildProcess | undefined;
  private pid = 0;

  private constructor(
    folder: string,
    bin: string,
    port: number,
    account: Account | undefined,
    settings: Readonly<Record<string, string>>,
  ) {
    this.folder = folder;
    this.bin = bin;
    this.port = port;
    this.account = account;
    this.settings = settings;
  }

  /** @throws Error that says how to get a PostgreSQL, or with what the server said */
  static async start({ durable = false, settings = {} }: ServerOptions = {}): Promise<PostgresServer> {
    const account = serverAccount();
    const folder = mkdtempSync(join(tmpdir(), 'tramline-postgres-'));
    try {
      const found = await findBinaries();
      const bin = account ? reachable(found, folder) : found;
      if (account) chownSync(folder, account.uid, account.gid);
      const [port] = (await freePorts(1)) as [number];
      const server = new PostgresServer(folder, bin, port, account, {
        fsync: durable ? 'on' : 'off',
        ...settings,
      });
      await server.initialise();
      await server.resume();
      return server;
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Of the superuser. */
  url(database = 'postgres'): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`;
  }

  /** Starts it again after {@link interrupt}, on the same port with the same data. */
  async resume(): Promise<void> {
    const deadline = Date.now() + START_DEADLINE_MS;
    while (!(await this.run(deadline))) {
      const said = readFileSync(this.log, 'utf8').slice(-4_000);
      // After SIGKILL its processes for connections live until they look up from what they do, and keep the memory.
      if (!said.includes('still in use') || Date.now() > deadline)
        throw new Error(`PostgreSQL did not start:\n${said}`);
      await pause(100);
    }
  }

  /** @returns whether it accepts connections; false: it ended, or the deadline came */
  private async run(deadline: number): Promise<boolean> {
    const settings = {
      port: String(this.port),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: '200',
      ...this.settings,
    };
    const keeper = spawn(
      'sh',
      [
        '-c',
        KEEPER,
        'sh',
        join(this.bin, 'postgres'),
        '-D',
        this.data,
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      {
        ...this.account,
        stdio: ['pipe', 'pipe', 'ignore'],
        // Ctrl-C in a terminal reaches everybody in our process group, and the server must outlive those who use it.
        detached: true,
        env: { PATH: process.env['PATH'], LC_ALL: 'C', SERVER_LOG: this.log },
        cwd: this.folder,
      },
    );
    keeper.stdin.on('error', () => {});
    const [line] = (await once(createInterface(keeper.stdout), 'line')) as [string];
    this.keeper = keeper;
    this.pid = Number(line);
    return this.ready(deadline);
  }

  /** Stops it, SIGINT: connections are told; SIGKILL: nobody is told anything. Its data stay. */
  async interrupt(signal: 'SIGINT' | 'SIGKILL' = 'SIGINT'): Promise<void> {
    const { keeper } = this;
    if (!keeper || keeper.exitCode !== null) return;
    const ended = once(keeper, 'exit');
    process.kill(this.pid, signal);
    await ended;
    keeper.stdin?.destroy();
  }

  /** Stops it and removes its data. */
  async stop(): Promise<void> {
    await this.interrupt();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get data(): string {
    return join(this.folder, 'data');
  }

  private get log(): string {
    return join(this.folder, 'log');
  }

  private async initialise(): Promise<void> {
    const args = [
      '-D',
      this.data,
      '-U',
      'postgres',
      '--auth=trust',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ];
    const child = spawn(join(this.bin, 'initdb'), args, {
      ...this.account,
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: this.folder,
    });
    let said = '';
    child.stdout.on('data', (chunk) => (said += String(chunk)));
    child.stderr.on('data', (chunk) => (said += String(chunk)));
    const [code] = (await once(child, 'close')) as [number];
    if (code !== 0) throw new Error(`initdb failed with ${code}:\n${said}`);
  }

  private async ready(deadline: number): Promise<boolean> {
    while (this.keeper?.exitCode === null && Date.now() < deadline) {
      if (await accepts(this.port)) return true;
      await pause(20);
    }
    return false;
  }
}

/** A copy of the programs where another user can read them: root's home, and so its npm cache, is closed to others. */
function reachable(bin: string, folder: string): string {
  if (bin.startsWith('/usr/')) return bin;
  const copy = join(folder, 'programs');
  cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  chmodSync(folder, 0o755);
  return join(copy, 'bin');
}

/** Whether the server answers a start-up message: while it starts or recovers, it answers with an error. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      const parameters = Buffer.from('user\0postgres\0database\0postgres\0\0');
      const header = Buffer.alloc(8);
      header.writeInt32BE(parameters.length + 8, 0);
      header.writeInt32BE(196_608, 4);
      socket.write(Buffer.concat([header, parameters]));
    });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (bytes: Buffer) => end(bytes[0] === 0x52));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}
