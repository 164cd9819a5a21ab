import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { readSettings } from './settings.js';

it('listens to this machine only unless it is told otherwise', () => {
  const rest = { databaseUrl: undefined, transport: 'embedded', namespace: undefined };
  expect(readSettings({})).toEqual({
    host: '127.0.0.1',
    port: 3003,
    data: resolve('.tramline'),
    ...rest,
  });
  expect(readSettings({ HOST: '::1', PORT: '0', TRAMLINE_DATA: '/srv/bus' })).toEqual({
    host: '::1',
    port: 0,
    data: resolve('/srv/bus'),
    ...rest,
  });
});

it.each(['many', '-1', '65536', '3000.5'])('names a port that is none: %s', (PORT) => {
  expect(() => readSettings({ PORT })).toThrow(`PORT is "${PORT}"`);
});

it('is carried by what it is told, and by nothing else', () => {
  const env = { TRAMLINE_TRANSPORT: 'kafka', TRAMLINE_NAMESPACE: 'staging' };
  expect(readSettings(env)).toMatchObject({ transport: 'kafka', namespace: 'staging' });
  expect(() => readSettings({ TRAMLINE_TRANSPORT: 'amqp' })).toThrow('TRAMLINE_TRANSPORT is "amqp"');
});

it('keeps its tables in PostgreSQL only when it is told which', () => {
  expect(readSettings({ DATABASE_URL: '' }).databaseUrl).toBeUndefined();
  const DATABASE_URL = 'postgresql://me:secret@127.0.0.1:5432/sample';
  expect(readSettings({ DATABASE_URL }).databaseUrl).toBe(DATABASE_URL);
  expect(() => readSettings({ DATABASE_URL: 'mysql://me:secret@127.0.0.1/sample' })).toThrow(
    /^DATABASE_URL is no URL of PostgreSQL: set it to postgres:\/\/user:password@host:5432\/database$/,
  );
});
