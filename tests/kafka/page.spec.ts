import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AppModule } from '../../docs/snippets/kafka.ts';
import { Mailer, RecordingMailer, Registration } from '../../docs/snippets/greeter.ts';
import { describeWithKafka, sharedBrokers } from './support/broker.ts';
import { until } from './support/until.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const page = read('docs/kafka.md');

describe('the Kafka page', () => {
  it('tells of every option', () => {
    const declared = /export interface KafkaOptions \{([^]*?)^\}/m.exec(
      read('libs/kafka/src/config/options.ts'),
    );
    const names = [...declared![1]!.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name]) => name!);
    expect(names).toContain('brokers');
    expect(names.filter((name) => !new RegExp(`^\\| .*\`${name}\\b`, 'm').test(page))).toEqual([]);
  });

  it('tells of every variable, and of no other', () => {
    const variables = (text: string) => new Set(text.match(/\bKAFKA_[A-Z]+(?:_[A-Z]+)*\b(?!_)/g));
    expect(variables(page)).toEqual(variables(read('libs/kafka/src/config/from-env.ts')));
  });
});

describeWithKafka('the module of the Kafka page', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('runs: what is published is handled', async () => {
    vi.stubEnv('KAFKA_BROKERS', await sharedBrokers());
    vi.stubEnv('NAMESPACE', `t${randomUUID().slice(0, 8)}`);
    const app = await Test.createTestingModule({ imports: [AppModule] }).compile();
    await app.init();
    try {
      await app.get(Registration).register('u1', 'ada@example.com');
      const { sent } = app.get<RecordingMailer>(Mailer);
      await until('the mail is sent', () => sent.length === 1);
      expect(sent).toMatchObject([{ to: 'ada@example.com' }]);
    } finally {
      await app.close();
    }
  });
});
