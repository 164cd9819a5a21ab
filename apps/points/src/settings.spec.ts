import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { readSettings } from './settings.js';

it('listens to this machine only unless it is told otherwise', () => {
  expect(readSettings({})).toEqual({ host: '127.0.0.1', port: 3003, data: resolve('.tramline') });
  expect(readSettings({ HOST: '::1', PORT: '0', TRAMLINE_DATA: '/srv/bus' })).toEqual({
    host: '::1',
    port: 0,
    data: resolve('/srv/bus'),
  });
});

it.each(['many', '-1', '65536', '3000.5'])('names a port that is none: %s', (PORT) => {
  expect(() => readSettings({ PORT })).toThrow(`PORT is "${PORT}"`);
});
