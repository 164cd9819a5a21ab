import { freePorts } from '../../sample/support/ports.ts';

/** One run of compose files: its own containers, volumes and ports, beside whatever else runs on this machine. */
export interface Project {
  readonly name: string;
  /** Where its files lie and its images are built: an absolute path. */
  readonly folder: string;
  /** Compose files in that folder; a later one changes what those before it say. */
  readonly files: readonly string[];
  /** What the variables in them are, such as ports. */
  readonly env: Readonly<Record<string, string>>;
}

/** @param services every one that publishes a port, as the variables that move it name it: `SMS` for `SMS_PORT` */
export async function createProject(
  folder: string,
  files: readonly string[],
  services: readonly string[],
): Promise<Project> {
  const first = await freePorts(services.length);
  return {
    name: `tramline-test-${process.pid}-${first}`,
    folder,
    files,
    env: Object.fromEntries(services.map((name, i) => [`${name}_PORT`, String(first + i)])),
  };
}

/** The process that gave a project its name; undefined where the name is another's. */
export function processOf(name: string): number | undefined {
  const pid = /^tramline-test-(\d+)-\d+$/.exec(name)?.[1];
  return pid === undefined ? undefined : Number(pid);
}
