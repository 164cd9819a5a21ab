import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { expect, it, onTestFinished } from 'vitest';

it('the code of the README runs: what is published is handled', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tramline-snippets-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  process.env['GREETER_DATA'] = directory;
  const { AppModule, Mailer, Registration, RecordingMailer } = await import('../../docs/snippets/greeter.ts');
  const app = await Test.createTestingModule({ imports: [AppModule] }).compile();
  await app.init();
  onTestFinished(() => app.close());

  await app.get(Registration).register('u1', 'ada@example.com');
  const mailer = app.get<InstanceType<typeof RecordingMailer>>(Mailer);
  await expect.poll(() => mailer.sent, { timeout: 30_000 }).toMatchObject([{ to: 'ada@example.com' }]);
});
