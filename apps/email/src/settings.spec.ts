import { expect, it } from 'vitest';
import { readSettings } from './settings.js';

it('has a mailbox itself unless there is a mail server', () => {
  expect(readSettings({}).smtpUrl).toBeUndefined();
  expect(readSettings({ SMTP_URL: 'smtps://mail.example' }).smtpUrl).toBe('smtps://mail.example');
});

it('names a port that is none', () => {
  expect(() => readSettings({ PORT: 'many' })).toThrow('PORT is "many"');
});

it('never shows the address of the mail server: it may hold a password', () => {
  const read = () => readSettings({ SMTP_URL: 'https://user:secret@mail.example' });
  expect(read).toThrow('SMTP_URL cannot be used');
  expect(read).not.toThrow('secret');
});

it('is carried by what it is told, and by nothing else', () => {
  const env = { TRAMLINE_TRANSPORT: 'kafka', TRAMLINE_NAMESPACE: 'staging' };
  expect(readSettings(env)).toMatchObject({ transport: 'kafka', namespace: 'staging' });
  expect(() => readSettings({ TRAMLINE_TRANSPORT: 'amqp' })).toThrow('TRAMLINE_TRANSPORT is "amqp"');
});
