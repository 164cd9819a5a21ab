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
