import { spawnSync } from 'node:child_process';

/** Java version from which Kafka 4 runs. */
const LEAST_JAVA = 17;

/** What this machine has to run a broker with. */
export interface Tools {
  readonly java: boolean;
  readonly maven: boolean;
  readonly docker: boolean;
}

export function findTools(): Tools {
  return {
    java: javaVersion() >= LEAST_JAVA,
    maven: answers('mvn', '--version'),
    docker: answers('docker', 'info'),
  };
}

/** Whoever lacks everything reads this. */
export const HOW_TO_GET_A_BROKER =
  `There is no Kafka to use. One of these gives one:\n` +
  `  - a cluster you have: set KAFKA_BROKERS=host:port,…\n` +
  `  - Java ${LEAST_JAVA} or newer and Maven (Debian: apt-get install openjdk-17-jre-headless maven; macOS: brew install openjdk@17 maven)\n` +
  `  - Docker, with its engine running`;

function javaVersion(): number {
  const { stderr, stdout } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  return Number(/version "(\d+)/.exec(`${stderr}${stdout}`)?.[1] ?? 0);
}

function answers(command: string, argument: string): boolean {
  return spawnSync(command, [argument], { stdio: 'ignore' }).status === 0;
}
