import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** The Kafka that tests run against, and the one thing it needs beside itself: somewhere to log. */
export const KAFKA_VERSION = '4.1.1';
const SLF4J_VERSION = '1.7.36';

const COMPLETE = '.complete';

/**
 * The folder with Kafka's jars, fetched through Maven the first time and kept outside of the repository. A folder without
 * its mark, which is written last and lists what belongs there, was not finished and is made again; two processes that do
 * so at once do not disturb each other.
 * @throws Error with what Maven said
 */
export function kafkaJars(version = KAFKA_VERSION): string {
  const folder = join(cacheFolder(), `kafka-${version}`);
  if (isComplete(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const making = mkdtempSync(`${folder}.`);
  try {
    download(version, making);
    rmSync(folder, { recursive: true, force: true });
    renameSync(making, folder);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    // Somebody else was faster.
    if (!isComplete(folder)) throw error;
  }
  return folder;
}

/** What java's `-cp` takes. */
export function classPath(folder: string): string {
  return join(folder, '*');
}

function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'tramline');
}

function isComplete(folder: string): boolean {
  const mark = join(folder, COMPLETE);
  if (!existsSync(mark)) return false;
  const there = new Set(readdirSync(folder));
  return readFileSync(mark, 'utf8')
    .split('\n')
    .every((jar) => there.has(jar));
}

function download(version: string, into: string): void {
  const pom = join(into, 'pom.xml');
  writeFileSync(pom, project(version));
  const args = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${into}`];
  const { status, stdout, stderr } = spawnSync('mvn', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Maven could not fetch Kafka ${version}:\n${stdout}${stderr}`);
  rmSync(pom);
  const jars = readdirSync(into).filter((name) => name.endsWith('.jar'));
  if (!jars.includes(`kafka_2.13-${version}.jar`))
    throw new Error(`Maven fetched no kafka_2.13-${version}.jar.`);
  writeFileSync(join(into, COMPLETE), jars.join('\n'));
}

function project(version: string): string {
  const dependency = (group: string, artifact: string, number: string) =>
    `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${number}</version></dependency>`;
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tramline</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies>
    ${dependency('org.apache.kafka', 'kafka_2.13', version)}
    ${dependency('org.slf4j', 'slf4j-simple', SLF4J_VERSION)}
  </dependencies>
</project>`;
}
