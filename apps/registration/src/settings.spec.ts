import { expect, it } from 'vitest';
import { readSettings } from './settings.js';

it('watches nobody unless it is told whom', () => {
  expect(readSettings({}).watched).toEqual([]);
  const SERVICES = '[{"title":"SMS","url":"http://127.0.0.1:3001/messages?to={phone}","more":1}]';
  expect(readSettings({ SERVICES }).watched).toEqual([
    { title: 'SMS', url: 'http://127.0.0.1:3001/messages?to={phone}' },
  ]);
});

it.each(['sms', '{}', '[null]', '[{"title":"SMS"}]', '[{"title":"SMS","url":"messages"}]'])(
  'shows how the list of services must look instead of %s',
  (SERVICES) => {
    expect(() => readSettings({ SERVICES })).toThrow(`SERVICES is ${SERVICES}: set it to JSON like`);
  },
);

it('names a port that is none', () => {
  expect(() => readSettings({ PORT: 'many' })).toThrow('PORT is "many"');
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
