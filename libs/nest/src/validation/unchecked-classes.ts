import type { Contract, Log } from '@tramline/core';
import type { Class } from './transform-metadata.js';

/** Warns of contract classes whose payloads nothing checks, once each: to forget decorators is easy, and silent. */
export class UncheckedClasses {
  private readonly told = new WeakSet<Class>();

  constructor(private readonly log: Log) {}

  tell({ type }: Contract, target: Class): void {
    if (this.told.has(target)) return;
    this.told.add(target);
    this.log.warn(
      `Payloads of class ${target.name || '(anonymous)'} ('${type}') are not checked: it has neither decorators of class-validator nor a schema. ` +
        `Decorate its properties (@IsString() …), or give it one: @EventContract('${type}', { …, schema }).`,
    );
  }
}
