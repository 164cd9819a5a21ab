import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KAFKA_VERSION } from '../../scripts/kafka/jars.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found);

const DOCKERFILES = ['Dockerfile', 'docker/mail/Dockerfile'];
const COMPOSE_FILES = ['docker-compose.yml', 'docker-compose.cluster.yml'];

describe.each(DOCKERFILES)('%s', (file) => {
  it('begins with the Node of this repository, and ends as somebody without rights', () => {
    const bases = all(read(file), /^FROM (\S+:\S+)/gm);
    const node = `docker.io/library/node:${read('.nvmrc').trim()}-bookworm-slim`;
    expect(new Set(bases)).toEqual(new Set([node]));
    expect(all(read(file), /^USER (.+)$/gm)).toEqual(['1000:1000']);
  });
});

describe.each(COMPOSE_FILES)('%s', (file) => {
  const text = read(file);

  it('names every image with a version', () => {
    const images = all(text, /^\s+image: (\S+)/gm);
    expect(images).not.toEqual([]);
    for (const image of images) expect(image).toMatch(/:\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
    const kafka = images.filter((image) => image.includes('/kafka:'));
    expect(new Set(kafka)).toEqual(new Set([`docker.io/apache/kafka:${KAFKA_VERSION}`]));
  });

  it('publishes ports on the loopback address alone, each of which can be moved', () => {
    const ports = all(text, /^ +ports:\n((?: +- .+\n)+)/gm).flatMap((list) => all(list, /- (.+)/g));
    expect(ports).not.toEqual([]);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\$\{[A-Z0-9_]+_PORT:-\d+\}:\d+$/);
  });
});

it('gives every service of the sample to docker-compose.yml', () => {
  const args = all(read('docker-compose.yml'), /^\s+APP: (\S+)$/gm);
  const apps = all(read('nest-cli.json'), /"root": "apps\/(\w+)",\n\s+"entryFile"/g);
  expect(args.sort()).toEqual(apps.sort());
});
