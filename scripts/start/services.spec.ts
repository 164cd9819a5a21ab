import { join } from 'node:path';
import { expect, it } from 'vitest';
import { environmentOf, findApps, placeApps } from './services.ts';

const ROOT = join(import.meta.dirname, '..', '..');

it('finds the apps of this workspace, each with a place of its own', () => {
  const apps = findApps(ROOT);
  expect(apps.map(({ name }) => name).slice(0, 4)).toEqual(['registration', 'sms', 'email', 'points']);
  expect(new Set(apps.map(({ position }) => position)).size).toBe(apps.length);
});

it('gives them ports in a row, and tells each where the others can be watched', () => {
  const app = { about: '', entry: 'main.js' };
  const services = placeApps(
    [
      { ...app, name: 'first', position: 0 },
      { ...app, name: 'second', position: 1, title: 'Second', watch: '/seen?by={email}' },
    ],
    4000,
  );
  expect(services.map(({ url }) => url)).toEqual(['http://127.0.0.1:4000', 'http://127.0.0.1:4001']);
  expect(environmentOf(services[0]!, services, '/data')).toEqual({
    HOST: '127.0.0.1',
    PORT: '4000',
    TRAMLINE_DATA: '/data',
    SERVICES: '[{"title":"Second","url":"http://127.0.0.1:4001/seen?by={email}"}]',
  });
});
