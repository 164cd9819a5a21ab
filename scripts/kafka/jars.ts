import { execFile } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { cachedFolder } from './cache.ts';

/** The Kafka that tests run against, and the one thing it needs beside itself: somewhere to log. */
export const KAFKA_VERSION = '4.1.1';
const SLF4J_VERSION = '1.7.36';

/** Group, name and version of what Maven knows. */
type Artifact = readonly [group: string, name: string, version: string];

/**
 * The folder with Kafka's jars, fetched through Maven the first time and kept outside of the repository.
 * @throws Error with what Maven said
 */
export function kafkaJars(version = KAFKA_VERSION): Promise<string> {
  const artifacts: Artifact[] = [
    ['org.apache.kafka', 'kafka_2.13', version],
    ['org.slf4j', 'slf4j-simple', SLF4J_VERSION],
  ];
  return cachedFolder(`kafka-${version}`, (folder) => download(artifacts, folder, []));
}

/**
 * The folder with the jar of Kafka's command line tools, which need nothing that {@link kafkaJars} does not have.
 * @throws Error with what Maven said
 */
export function kafkaToolJars(version = KAFKA_VERSION): Promise<string> {
  const artifacts: Artifact[] = [['org.apache.kafka', 'kafka-tools', version]];
  return cachedFolder(`kafka-tools-${version}`, (folder) =>
    download(artifacts, folder, ['-DexcludeTransitive=true']),
  );
}

/** What java's `-cp` takes. */
export function classPath(...folders: readonly string[]): string {
  return folders.map((folder) => join(folder, '*')).join(delimiter);
}

async function download(
  artifacts: readonly Artifact[],
  into: string,
  options: readonly string[],
): Promise<void> {
  const pom = join(into, 'pom.xml');
  writeFileSync(pom, project(artifacts));
  const args = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${into}`];
  const [[, name, version]] = artifacts as readonly [Artifact];
  await promisify(execFile)('mvn', [...args, ...options]).catch(
    (cause: { stdout: string; stderr: string }) => {
      throw new Error(`Maven could not fetch ${name} ${version}:\n${cause.stdout}${cause.stderr}`, { cause });
    },
  );
  rmSync(pom);
  if (!readdirSync(into).includes(`${name}-${version}.jar`))
    throw new Error(`Maven fetched no ${name}-${version}.jar.`);
}

function project(artifacts: readonly Artifact[]): string {
  const dependencies = artifacts.map(
    ([group, name, version]) =>
      `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`,
  );
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tramline</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies>
    ${dependencies.join('\n    ')}
  </dependencies>
</project>`;
}
