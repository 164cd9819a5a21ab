import { until } from '../../../scripts/soak/world/until.ts';
import type { Registering } from '../load/registering.ts';
import type { ChaosWorld } from '../world/chaos-world.ts';
import type { Violation } from './found.ts';

/** What was still to be done, and about whom. */
export type Late = Required<Violation>;

/** Tells how long it takes until all that was committed before is done. */
export class Recovery {
  private readonly world: ChaosWorld;
  private readonly registering: Registering;
  private readonly handledSteps = new Set<string>();
  /** Of the answers and of the steps: what lies before was seen to be done, or read. */
  private served = 0;
  private read = 0;

  constructor(world: ChaosWorld, registering: Registering) {
    this.world = world;
    this.registering = registering;
  }

  /**
   * @returns milliseconds from now until everybody who is registered now has SMS and points, and every step was seen; or, when it
   * took too long, what was still to be done
   */
  async measure(patienceMs: number): Promise<number | readonly Late[]> {
    const from = performance.now();
    const registered = this.registering.registered.slice(this.served);
    const committed = await this.world.database.sample.query<{ id: string }>(
      `SELECT user_id AS id FROM registration.users u
       WHERE NOT EXISTS (SELECT FROM points.ledger l WHERE l.user_id = u.user_id)`,
    );
    const stepped = await this.world.database.witness.query<{ id: string }>(
      'SELECT event_id AS id FROM users',
    );
    const waiting = {
      sms: registered,
      points: committed.rows.map(({ id }) => id),
      steps: stepped.rows.map(({ id }) => id),
    };
    const reached = await until(async () => {
      waiting.sms = waiting.sms.filter(({ person }) => !this.world.outside.sms.has(person.phone));
      waiting.steps = waiting.steps.filter((id) => !this.stepsSeen().has(id));
      waiting.points = await this.withoutPoints(waiting.points);
      return waiting.sms.length + waiting.steps.length + waiting.points.length === 0;
    }, patienceMs);
    if (!reached)
      return [
        ...waiting.sms.map(({ userId }) => ({ text: `${userId} had no SMS`, subject: userId })),
        ...waiting.points.map((id) => ({ text: `${id} had no points`, subject: id })),
        ...waiting.steps.map((id) => ({ text: `no witness had seen step ${id}`, subject: id })),
      ];
    this.served += registered.length;
    return performance.now() - from;
  }

  private stepsSeen(): ReadonlySet<string> {
    const { steps } = this.world.outside;
    for (; this.read < steps.length; this.read++) this.handledSteps.add(steps[this.read]!.eventId);
    return this.handledSteps;
  }

  private async withoutPoints(userIds: readonly string[]): Promise<string[]> {
    if (userIds.length === 0) return [];
    const { rows } = await this.world.database.sample.query<{ id: string }>(
      'SELECT user_id AS id FROM points.ledger WHERE user_id = ANY($1)',
      [userIds],
    );
    const done = new Set(rows.map(({ id }) => id));
    return userIds.filter((id) => !done.has(id));
  }
}
