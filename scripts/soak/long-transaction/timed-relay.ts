import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TimedRelayPlaces, Told } from '../processes/timed-relay.ts';

/** The relay process as the one that asks it. */
export class TimedRelay {
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.child = child;
  }

  /** @throws Error when it ends instead of starting */
  static async start(places: TimedRelayPlaces): Promise<TimedRelay> {
    const file = join(import.meta.dirname, '..', 'processes', 'timed-relay.ts');
    const child = fork(file, [JSON.stringify(places)], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [said] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as unknown[];
    if (said !== 'ready') throw new Error(`The relay ended with ${String(said)}.`);
    return new TimedRelay(child);
  }

  /** What arrived since it was asked last. */
  async ask(): Promise<Told> {
    const answer = once(this.child, 'message');
    this.child.send('tell');
    const [told] = (await answer) as [Told];
    return told;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.disconnect();
    await exit;
  }
}
