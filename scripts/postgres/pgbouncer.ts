import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../kafka/ports.ts';
import { serverAccount } from './account.ts';

export const HOW_TO_GET_PGBOUNCER = 'Install PgBouncer, such as with `apt-get install pgbouncer`.';

const START_DEADLINE_MS = 30_000;

/** Whether PgBouncer is installed. Debian puts it where only administrators look. */
export const canStartPgBouncer = (): boolean => program() !== undefined;

function program(): string | undefined {
  return ['pgbouncer', '/usr/sbin/pgbouncer'].find((path) => spawnSync(path, ['--version']).status === 0);
}

export interface PgBouncerOptions {
  /** Connections to the server for each database and user. */
  readonly poolSize?: number;
}

/** PgBouncer in transaction mode before a server, on 127.0.0.1 and a free port: each transaction may get another connection. */
export class PgBouncer {
  /** Of the database that was given, through the pooler. */
  readonly url: string;
  private readonly path: string;
  private readonly folder: string;
  private child: ChildProcess | undefined;

  private constructor(path: string, folder: string, url: string) {
    this.path = path;
    this.folder = folder;
    this.url = url;
  }

  /** @param server - URL of a database. @throws Error that says how to get PgBouncer, or with what it said */
  static async start(server: string, { poolSize = 2 }: PgBouncerOptions = {}): Promise<PgBouncer> {
    const path = program();
    if (!path) throw new Error(HOW_TO_GET_PGBOUNCER);
    const folder = mkdtempSync(join(tmpdir(), 'tramline-pgbouncer-'));
    const [port] = (await freePorts(1)) as [number];
    const { hostname, port: serverPort, username, password } = new URL(server);
    const secret = password === '' ? '' : ` password=${decodeURIComponent(password)}`;
    const lines = [
      '[databases]',
      `* = host=${hostname} port=${serverPort || 5432} user=${username}${secret}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = any',
      'pool_mode = transaction',
      `default_pool_size = ${poolSize}`,
      'max_client_conn = 200',
      `logfile = ${join(folder, 'log')}`,
    ];
    writeFileSync(join(folder, 'pgbouncer.ini'), `${lines.join('\n')}\n`);
    // Like PostgreSQL, it refuses to run as root.
    const account = serverAccount();
    if (account) chownSync(folder, account.uid, account.gid);
    const url = new URL(server);
    url.hostname = '127.0.0.1';
    url.port = String(port);
    const bouncer = new PgBouncer(path, folder, url.href);
    try {
      await bouncer.resume();
    } catch (error) {
      await bouncer.stop();
      throw error;
    }
    return bouncer;
  }

  /** Starts it again after {@link interrupt}, on the same port. */
  async resume(): Promise<void> {
    const child = spawn(this.path, ['-q', join(this.folder, 'pgbouncer.ini')], {
      ...serverAccount(),
      stdio: 'ignore',
      cwd: this.folder,
    });
    this.child = child;
    const port = Number(new URL(this.url).port);
    for (const deadline = Date.now() + START_DEADLINE_MS; !(await accepts(port));) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`PgBouncer did not start:\n${this.log()}`);
      await new Promise((resolve) => void setTimeout(resolve, 20));
    }
  }

  /** Ends it, and with it every connection through it. */
  async interrupt(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  /** Ends it and removes what it had. */
  async stop(): Promise<void> {
    await this.interrupt();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private log(): string {
    try {
      return readFileSync(join(this.folder, 'log'), 'utf8').slice(-4_000);
    } catch {
      return 'It wrote no log.';
    }
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
