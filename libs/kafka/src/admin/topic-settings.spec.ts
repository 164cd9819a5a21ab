import { expect, it } from 'vitest';
import { description, newTopic } from './topic-settings.js';

it('asks for two acknowledging replicas where there are three', () => {
  expect(newTopic({ name: 't', cleanup: 'delete' }, 6, 3).configs).toEqual({
    'cleanup.policy': 'delete',
    'min.insync.replicas': '2',
  });
  expect(newTopic({ name: 't', cleanup: 'delete' }, 6, 2).configs).toEqual({ 'cleanup.policy': 'delete' });
});

it('a time to keep records rules out a limit by size', () => {
  const { configs } = newTopic({ name: 't', cleanup: 'delete', retentionMs: null }, 6, 1);
  expect(configs).toMatchObject({ 'retention.ms': '-1', 'retention.bytes': '-1' });
});

it('describes what it made', () => {
  const made = newTopic({ name: 't', cleanup: 'compact', retentionMs: 5, maxRecordBytes: 100 }, 6, 3);
  expect(description('t', 6, 3, new Map(Object.entries(made.configs)))).toEqual({
    name: 't',
    partitions: 6,
    replication: 3,
    cleanup: 'compact',
    retentionMs: 5,
    maxRecordBytes: 100,
    minInSync: 2,
    retentionBytes: null,
  });
});
