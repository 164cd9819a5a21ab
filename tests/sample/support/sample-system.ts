import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './ports.ts';
import { ServiceProcess } from './service-process.ts';

export const ROOT = join(import.meta.dirname, '..', '..', '..');

const NAMES = ['registration', 'sms', 'email', 'points'] as const;
export type ServiceName = (typeof NAMES)[number];

/** The sample system on ports and data of its own, every service a process that a test may stop or crash. */
export class SampleSystem {
  readonly data: string;
  /** What every service is told besides its own. */
  private readonly shared: NodeJS.ProcessEnv;
  private readonly services: ReadonlyMap<string, ServiceProcess>;
  private readonly guests: ServiceProcess[] = [];

  private constructor(
    data: string,
    shared: NodeJS.ProcessEnv,
    services: ReadonlyMap<string, ServiceProcess>,
  ) {
    this.data = data;
    this.shared = shared;
    this.services = services;
  }

  /**
   * @param env what single services are told besides their port and data
   * @param more what all of them are told
   */
  static async start(
    env: Partial<Record<ServiceName, NodeJS.ProcessEnv>> = {},
    more: NodeJS.ProcessEnv = {},
  ): Promise<SampleSystem> {
    const data = await mkdtemp(join(tmpdir(), 'tramline-sample-'));
    const shared = { TRAMLINE_DATA: data, ...more };
    const port = await freePorts(NAMES.length);
    const services = NAMES.map((name, i): [string, ServiceProcess] => {
      const entry = join(ROOT, 'apps', name, 'dist', 'main.js');
      return [name, new ServiceProcess(name, entry, port + i, { ...shared, ...env[name] })];
    });
    const system = new SampleSystem(data, shared, new Map(services));
    const started = await Promise.allSettled(services.map(([, service]) => service.start()));
    const failed = started.find((result) => result.status === 'rejected');
    if (failed) {
      await system.close();
      throw failed.reason;
    }
    return system;
  }

  get(name: ServiceName): ServiceProcess {
    return this.services.get(name)!;
  }

  /** Another service on the same data: it joins without the others being told. */
  async join(name: string, entry: string, env: NodeJS.ProcessEnv = {}): Promise<ServiceProcess> {
    const guest = new ServiceProcess(name, entry, await freePorts(1), { ...this.shared, ...env });
    this.guests.push(guest);
    await guest.start();
    return guest;
  }

  /** Stops every process and removes the data. */
  async close(): Promise<void> {
    await Promise.all([...this.services.values(), ...this.guests].map((service) => service.stop()));
    await rm(this.data, { recursive: true, force: true });
  }
}
