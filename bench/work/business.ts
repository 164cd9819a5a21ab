import type pg from 'pg';

const ACCOUNTS = 10_000;
const TELLERS = 1_000;
const BRANCHES = 100;

/** pgbench's tables, with a counter in each account: who commits an account's n-th transaction publishes its n-th event. */
export async function makeBusinessTables(pool: pg.Pool): Promise<void> {
  await pool.query(`
    CREATE TABLE accounts (id integer PRIMARY KEY, balance integer NOT NULL, turn integer NOT NULL) WITH (fillfactor = 50);
    CREATE TABLE tellers (id integer PRIMARY KEY, balance integer NOT NULL) WITH (fillfactor = 50);
    CREATE TABLE branches (id integer PRIMARY KEY, balance integer NOT NULL) WITH (fillfactor = 50);
    CREATE TABLE history (teller integer, branch integer, account integer, delta integer, at timestamptz);
    INSERT INTO accounts SELECT g, 0, 0 FROM generate_series(0, ${ACCOUNTS - 1}) g;
    INSERT INTO tellers SELECT g, 0 FROM generate_series(0, ${TELLERS - 1}) g;
    INSERT INTO branches SELECT g, 0 FROM generate_series(0, ${BRANCHES - 1}) g;
    ANALYZE`);
}

/**
 * The statements of pgbench's own transaction (TPC-B, more or less): three updates, one select, one insert. `last` is run
 * before the commit.
 * @returns what `last` said
 */
export async function transact<T>(
  client: pg.ClientBase,
  number: number,
  last: (account: number, turn: number) => Promise<T>,
): Promise<T> {
  const account = (number * 7_919) % ACCOUNTS;
  const [teller, branch, delta] = [(number * 31) % TELLERS, (number * 17) % BRANCHES, number % 100];
  await client.query('BEGIN');
  const { rows } = await client.query<{ turn: number }>(
    'UPDATE accounts SET balance = balance + $1, turn = turn + 1 WHERE id = $2 RETURNING turn',
    [delta, account],
  );
  await client.query('SELECT balance FROM accounts WHERE id = $1', [account]);
  await client.query('UPDATE tellers SET balance = balance + $1 WHERE id = $2', [delta, teller]);
  await client.query('UPDATE branches SET balance = balance + $1 WHERE id = $2', [delta, branch]);
  await client.query('INSERT INTO history VALUES ($1, $2, $3, $4, now())', [teller, branch, account, delta]);
  const answer = await last(account, rows[0]!.turn);
  await client.query('COMMIT');
  return answer;
}
