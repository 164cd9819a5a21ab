import { type Person } from '../sample/support/sample-client.ts';
import { until } from '../sample/support/until.ts';
import type { SampleInContainers } from './sample-in-containers.ts';

/** How many register at the same time. */
const LANES = 5;
/** How long one registration may take, in milliseconds, through whatever happens to the system. */
const WITHIN = 240_000;

/** Many people who register while a test disturbs the system. Nobody gives up: they ask until they are registered. */
export class Registering {
  /** Resolves when everybody is registered. @throws Error when somebody waited too long */
  readonly done: Promise<unknown>;
  private readonly people: readonly Person[];
  private readonly url: string;
  private registered = 0;

  constructor(system: SampleInContainers, people: readonly Person[]) {
    this.people = people;
    this.url = `${system.get('registration').url}/users`;
    const left = people.values();
    this.done = Promise.all(
      Array.from({ length: LANES }, async () => {
        for (const somebody of left) await this.register(somebody);
      }),
    );
  }

  /** Resolves when this share of them, from 0 to 1, is registered. */
  async reached(share: number): Promise<void> {
    await until('more registrations', () => this.registered >= share * this.people.length, WITHIN);
  }

  /** An answer may be lost with a process, and the next one may know them already. */
  private async register(somebody: Person): Promise<void> {
    const ask = async () => {
      const answer = await fetch(this.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(somebody),
      }).catch(() => undefined);
      await answer?.body?.cancel();
      return answer?.status === 201 || answer?.status === 409;
    };
    await until(`${somebody.name} to be registered`, ask, WITHIN);
    this.registered++;
  }
}
