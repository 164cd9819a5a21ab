import { mkdtempSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { PostgresServer } from '../../scripts/postgres/server.ts';
import { describeWithPostgres } from '../postgres/support/database.ts';
import { CliWorld } from './support/world.ts';

/** The superuser is let in as he is, everybody else by a password. */
const HBA = `
host all postgres 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
`;

describeWithPostgres('tramline and a PostgreSQL that does not let it in', () => {
  let folder: string;
  let server: PostgresServer;
  let silent: Server;
  const sockets = new Set<Socket>();
  let world: CliWorld;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tramline-hba-'));
    chmodSync(folder, 0o755);
    const file = join(folder, 'pg_hba.conf');
    writeFileSync(file, HBA, { mode: 0o644 });
    server = await PostgresServer.start({ settings: { hba_file: file } });
    const admin = new Client({ connectionString: server.url() });
    await admin.connect();
    await admin.query("CREATE ROLE ann LOGIN PASSWORD 'right'");
    await admin.end();
    // Takes connections and says nothing, as a firewall or a wrong port may.
    silent = createServer((socket) => void sockets.add(socket.on('error', () => {})));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    silent?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    world = new CliWorld();
  });
  afterEach(() => world.close());

  const configure = (options: string) =>
    world.configure(`
      import { pg } from '{{@tramline/outbox/pg}}';
      import { embedded } from '{{@tramline/embedded}}';
      import postgres from '{{pg}}';
      export default {
        transport: embedded({ directory: '.tramline/log' }),
        outbox: pg(new postgres.Pool(${options})),
      };
    `);
  const url = (credentials: string, database = 'postgres') =>
    `{ connectionString: 'postgres://${credentials}@127.0.0.1:${server.port}/${database}' }`;
  const silence = () => `{ host: '127.0.0.1', port: ${(silent.address() as AddressInfo).port}`;

  it.each([
    ['a wrong password', () => url('ann:wrong'), 4, /password authentication failed for user "ann"/],
    ['no password', () => url('ann'), 4, /SASL.*password must be a string/],
    ['a user who is not there', () => url('bob:x'), 4, /password authentication failed for user "bob"/],
    ['a database that is not there', () => url('ann:right', 'shpo'), 4, /database "shpo" does not exist/],
    [
      'a host that is not there',
      () => `{ host: 'nowhere.invalid' }`,
      3,
      /ENOTFOUND|EAI_AGAIN|did not answer in time/,
    ],
    ['a port where nobody listens', () => `{ host: '127.0.0.1', port: 1 }`, 3, /ECONNREFUSED/],
    ['a host that says nothing', () => `${silence()} }`, 3, /did not answer in time/],
    [
      'a host that says nothing, with a deadline of the pool',
      () => `${silence()}, connectionTimeoutMillis: 500 }`,
      3,
      /timeout/,
    ],
  ])('%s is told in one line, and by its exit code', async (_, options, code, message) => {
    configure(options());
    for (const command of ['outbox status', 'outbox migrate', 'relay']) {
      const { exit, stdout, stderr } = await world.run(command.split(' '));
      expect([command, exit, stdout]).toEqual([command, code, '']);
      expect(stderr).toMatch(/^tramline: .*\n$/);
      expect(stderr).toMatch(message);
    }
    const { exit, stdout } = await world.run(['doctor', '--json']);
    const { findings } = JSON.parse(stdout) as { findings: { check: string; message: string }[] };
    // A doctor who was shown out has found a fault, and looked at the rest.
    expect(exit).toBe(code === 4 ? 1 : 3);
    expect(findings.find(({ check }) => check === 'database')).toMatchObject({
      level: 'fault',
      message: expect.stringMatching(message),
    });
    expect(findings.filter(({ check }) => check === 'broker')).toHaveLength(1);
  });
});
