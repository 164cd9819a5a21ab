import { basename, resolve } from 'node:path';
import { usageFault } from '../generate/faults.js';
import { readName } from '../generate/names/name.js';

/** What can be chosen for a new workspace; the first of each is the default. */
export const CHOICES = {
  transport: ['embedded', 'kafka'],
  database: ['sqlite', 'postgres', 'none'],
  orm: ['none', 'drizzle', 'kysely', 'typeorm'],
  packageManager: ['npm', 'pnpm'],
} as const;

/** TypeScript takes what lies in `@types` for itself; a service `core` in `@tramline` would stand in the place of ours. */
const TAKEN_SCOPES = ['tramline', 'nestjs', 'types'];

/** As commander gives it. */
export interface NewFlags {
  readonly transport?: string;
  readonly database?: string;
  readonly orm?: string;
  readonly packageManager?: string;
  readonly git?: boolean;
  readonly install?: boolean;
  readonly packages?: string;
  readonly dryRun?: boolean;
}

export interface NewOptions {
  /** Absolute. */
  readonly directory: string;
  /** The last part of the directory, as packages are written. */
  readonly project: string;
  /** What carries the events where the services run in containers. */
  readonly transport: Choice<'transport'>;
  readonly database: Choice<'database'>;
  readonly orm: Choice<'orm'>;
  readonly packageManager: Choice<'packageManager'>;
}

type Choice<K extends keyof typeof CHOICES> = (typeof CHOICES)[K][number];

/** @param cwd what a relative directory is relative to */
export function readNewOptions(given: string, flags: NewFlags, cwd: string): NewOptions {
  if (given.trim() === '')
    throw usageFault('TRAMLINE_NAME', 'Name the directory to make: tramline new my-shop');
  const directory = resolve(cwd, given);
  const { kebab: project } = readName('project', basename(directory));
  if (TAKEN_SCOPES.includes(project))
    throw usageFault(
      'TRAMLINE_NAME',
      `Packages of a project '${project}' would be called @${project}/…, as those of somebody else are: choose another name.`,
    );
  const database = choose('database', flags.database);
  const orm = choose('orm', flags.orm);
  if (orm !== 'none' && database !== 'postgres')
    throw usageFault(
      'TRAMLINE_USAGE',
      `--orm ${orm} is for --database postgres: add that, or leave --orm out.`,
    );
  return {
    directory,
    project,
    transport: choose('transport', flags.transport),
    database,
    orm,
    packageManager: choose('packageManager', flags.packageManager),
  };
}

function choose<K extends keyof typeof CHOICES>(name: K, given: string | undefined): Choice<K> {
  const choices: readonly string[] = CHOICES[name];
  const value = given ?? choices[0]!;
  if (choices.includes(value)) return value as Choice<K>;
  const option = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw usageFault('TRAMLINE_USAGE', `--${option} is '${value}': use one of ${choices.join(', ')}.`);
}
