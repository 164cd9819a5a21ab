import { join } from 'node:path';
import { silentLog, Tramline, type TramlineOptions } from '@tramline/core';
import { DeadLetters, type ListedLetter } from '@tramline/core/ops';
import { embedded } from '@tramline/embedded';
import type { SampleSystem } from './sample-system.ts';

/** Somebody who looks into the log of a running sample system, beside its services. */
export class Operator {
  private readonly tramline: Tramline;

  /** @param where the log, when it is not the embedded one */
  constructor(system: SampleSystem, where: Partial<Pick<TramlineOptions, 'transport' | 'namespace'>> = {}) {
    this.tramline = new Tramline({
      service: 'operator',
      transport: embedded({ directory: join(system.data, 'log') }),
      consume: false,
      log: silentLog,
      ...where,
    });
  }

  /** Writes bytes to a topic as any client might, without a contract that checks them. */
  async append(topic: string, key: string, value: Uint8Array | null): Promise<void> {
    const record = { key: Buffer.from(key), value, headers: [] };
    await this.tramline.transport.append({ topic, partition: 0 }, [record], { timeoutMs: 10_000 });
  }

  async letters(group: string): Promise<ListedLetter[]> {
    const letters: ListedLetter[] = [];
    for await (const letter of new DeadLetters(this.tramline, group).list()) letters.push(letter);
    return letters;
  }

  /** @returns how many letters went back to their handler */
  async redrive(group: string, handlerId: string): Promise<number> {
    const letters = new DeadLetters(this.tramline, group);
    return (await letters.redrive({ handlerId }, { actor: 'test' })).redriven;
  }

  /** Who is in the group; a process that leaves and comes back has another id. */
  async members(group: string): Promise<string[]> {
    const { members } = await this.tramline.transport.groups.describe(group);
    return members.map(({ memberId }) => memberId);
  }

  close(): Promise<void> {
    return this.tramline.close();
  }
}
