import { afterEach, beforeEach, expect, it } from 'vitest';
import { MailRefusedError, Mailer } from '../mailer.js';
import { MailboxServer } from './mailbox.server.js';
import { MailsStore } from './mails.store.js';

let mails: MailsStore;
let server: MailboxServer;
let mailer: Mailer;

beforeEach(async () => {
  mails = await MailsStore.open(':memory:');
  server = new MailboxServer(mails);
  mailer = new Mailer(await server.start());
});
afterEach(async () => {
  mailer.onApplicationShutdown();
  await server.onApplicationShutdown();
  mails.onApplicationShutdown();
});

const mail = (id: string, address: string, name = 'Ada') => ({
  id,
  to: { name, address },
  subject: `Hello ${name}`,
  text: `Hello ${name},\n\nwelcome.`,
});

it('takes a mail over SMTP and keeps what was sent', async () => {
  await mailer.send(mail('one', 'ada@example.com'));
  expect(mails.list('ada@example.com')).toMatchObject([
    {
      id: '<one@tramline.example>',
      to: 'ada@example.com',
      from: 'welcome@tramline.example',
      subject: 'Hello Ada',
      text: 'Hello Ada,\n\nwelcome.',
    },
  ]);
});

it('shows a mail that was sent again only once', async () => {
  await mailer.send(mail('one', 'ada@example.com'));
  await mailer.send(mail('one', 'ada@example.com'));
  await mailer.send(mail('two', 'ada@example.com'));
  expect(mails.list().map(({ id }) => id)).toEqual(['<one@tramline.example>', '<two@tramline.example>']);
});

it('keeps every script, in names and in addresses, whatever their case', async () => {
  await mailer.send(mail('one', 'Zoë@Exämple.com', 'Zoë 李 🎉'));
  expect(mails.list('zoë@exämple.com')).toMatchObject([{ subject: 'Hello Zoë 李 🎉' }]);
  expect(mails.list('ZOË@EXÄMPLE.COM')).toHaveLength(1);
});

it('lets nobody smuggle in a second recipient', async () => {
  await mailer.send(mail('one', 'ada@example.com', 'Ada\r\nBcc: eve@example.com'));
  expect(mails.list().map(({ to }) => to)).toEqual(['ada@example.com']);
});

it('tells a mail that is refused for good', async () => {
  await expect(
    mailer.send({ ...mail('big', 'ada@example.com'), text: 'x'.repeat(2 * 1024 * 1024) }),
  ).rejects.toThrow(MailRefusedError);
});
