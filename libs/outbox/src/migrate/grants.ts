import { ConfigurationError } from '@tramline/core';
import { quoted, tableFaults } from '../sql/identifier.js';
import type { TableOptions } from '../sql/tables.js';

/**
 * What a database user does with the outbox.
 * - `publish`: writes events, and reads nothing back.
 * - `relay`: moves them to the broker, and runs every command of the console and the command line.
 * - `inbox`: handlers with `once: true`.
 */
export type Duty = 'publish' | 'relay' | 'inbox';

const TABLES: Readonly<Record<Duty, readonly (readonly [name: string, rights: string])[]>> = {
  publish: [
    ['outbox', 'INSERT'],
    ['scheduled', 'INSERT'],
    ['lease', 'SELECT'],
    ['migrations', 'SELECT'],
  ],
  relay: [
    ['outbox', 'SELECT, INSERT, UPDATE, DELETE'],
    ['scheduled', 'SELECT, UPDATE, DELETE'],
    ['held', 'SELECT, INSERT, UPDATE, DELETE'],
    ['lease', 'SELECT, UPDATE'],
    ['relay', 'SELECT, INSERT, UPDATE, DELETE'],
    ['migrations', 'SELECT'],
  ],
  inbox: [
    ['inbox', 'SELECT, INSERT, UPDATE, DELETE'],
    ['migrations', 'SELECT'],
  ],
};

const OTHERS: Readonly<Record<Duty, readonly (readonly [name: string, right: string, of: string])[]>> = {
  publish: [
    ['outbox_id', 'USAGE ON SEQUENCE', ''],
    [
      'publish',
      'EXECUTE ON FUNCTION',
      '(text, integer, bigint, text, text, text, text, integer, integer, text, text)',
    ],
    ['publish_all', 'EXECUTE ON FUNCTION', '(text, text, bigint, text)'],
  ],
  relay: [
    ['outbox_id', 'SELECT, USAGE ON SEQUENCE', ''],
    ['pending', 'EXECUTE ON FUNCTION', '(bigint, integer[], integer, bigint)'],
    ['settle', 'EXECUTE ON FUNCTION', '(integer[], bigint[], bigint[], text[], boolean)'],
  ],
  inbox: [],
};

/**
 * The least that a PostgreSQL user must be allowed for these duties, as statements for whoever owns the tables. A relay that
 * shall name the transaction that holds rows back, when it is another user's, needs `GRANT pg_read_all_stats` too.
 * @throws ConfigurationError when role, schema or prefix are no names
 */
export function grantsFor(
  role: string,
  duties: readonly Duty[],
  tables: TableOptions = {},
): readonly string[] {
  const faults = tableFaults(tables);
  if (typeof role !== 'string' || role === '' || role.includes('"') || role.includes('\0'))
    throw new ConfigurationError([
      `role is ${JSON.stringify(role)}; give the name of a database user.`,
      ...faults,
    ]);
  if (faults.length > 0) throw new ConfigurationError(faults);
  const { schema } = tables;
  return [
    ...(schema === undefined ? [] : [`GRANT USAGE ON SCHEMA "${schema}" TO "${role}";`]),
    ...new Set(
      duties.flatMap((duty) => rightsOf(duty, tables).map((right) => `GRANT ${right} TO "${role}";`)),
    ),
  ];
}

/** The rights of one duty: what stands between GRANT and TO. */
export function rightsOf(duty: Duty, tables: TableOptions): readonly string[] {
  return [
    ...TABLES[duty].map(([name, rights]) => `${rights} ON ${quoted(name, tables)}`),
    ...OTHERS[duty].map(([name, right, of]) => `${right} ${quoted(name, tables)}${of}`),
  ];
}
