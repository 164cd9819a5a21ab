import { expect, it } from 'vitest';
import { readSettings } from './settings.js';

it('serves a gateway itself unless there is one', () => {
  expect(readSettings({}).gatewayUrl).toBeUndefined();
  expect(readSettings({ SMS_GATEWAY_URL: 'https://sms.example/send' }).gatewayUrl).toBe(
    'https://sms.example/send',
  );
});

it('waits as it is told', () => {
  expect(readSettings({}).retryDelays).toEqual(['10s', '1m', '10m']);
  expect(readSettings({ SMS_RETRY_DELAYS: '200ms, 1s' }).retryDelays).toEqual(['200ms', '1s']);
});

it.each([
  [{ PORT: 'many' }, 'PORT is "many"'],
  [{ SMS_GATEWAY_URL: 'sms.example' }, 'SMS_GATEWAY_URL is "sms.example"'],
  [{ SMS_GATEWAY_URL: 'file:///etc' }, 'SMS_GATEWAY_URL'],
  [{ SMS_RETRY_DELAYS: '10s,soon' }, 'SMS_RETRY_DELAYS is "10s,soon"'],
])('names what cannot be used: %j', (env, message) => {
  expect(() => readSettings(env)).toThrow(message);
});

it('is carried by what it is told, and by nothing else', () => {
  const env = { TRAMLINE_TRANSPORT: 'kafka', TRAMLINE_NAMESPACE: 'staging' };
  expect(readSettings(env)).toMatchObject({ transport: 'kafka', namespace: 'staging' });
  expect(() => readSettings({ TRAMLINE_TRANSPORT: 'amqp' })).toThrow('TRAMLINE_TRANSPORT is "amqp"');
});
