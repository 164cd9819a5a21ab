import { GroupState } from '../consume/group-state.js';
import { DeadLetters } from './dead-letters.js';
import { groupPositions, type GroupPosition } from './group-positions.js';
import { planReset, type ResetOptions, type ResetResult, type ResetTarget } from './group-reset.js';
import { inTurns } from './in-turns.js';
import type { OpsParts } from './ports.js';
import { unknownGroup } from './unknown-group.js';

/** A group and how it stands. */
export interface ListedGroup {
  /** Without the namespace. */
  readonly group: string;
  /** Processes that consume for it now. */
  readonly members: number;
}

export interface GroupDetails extends ListedGroup {
  /** Who consumes, and which of `positions` are whose. */
  readonly memberList: readonly { readonly memberId: string; readonly clientId: string }[];
  /** Every partition that it reads, tiers included, by topic. */
  readonly positions: readonly GroupPosition[];
  /** Events that it has not done, tiers included. */
  readonly lag: number;
  /** Ids of the handlers that it ever had; empty for a group that is not Tramline's. */
  readonly handlers: readonly string[];
}

/** Consumer groups as an operator sees them. */
export class GroupOps {
  constructor(private readonly parts: OpsParts) {}

  /** Groups of this namespace with members or positions, sorted. @throws TransportError */
  async list(): Promise<ListedGroup[]> {
    const { transport, naming } = this.parts;
    const names = await transport.groups.list(naming.group(''));
    return inTurns(names, async (name) => {
      const { members } = await transport.groups.describe(name);
      return { group: naming.withoutNamespace(name) ?? name, members: members.length };
    });
  }

  /** @throws UnknownGroupError | TransportError */
  async describe(group: string): Promise<GroupDetails> {
    const { transport, naming } = this.parts;
    const { members } = await transport.groups.describe(naming.group(group));
    const state = await this.state(group);
    const positions = await groupPositions(this.parts, group, members, state?.topics() ?? []);
    if (members.length === 0 && !state && positions.every(({ committed }) => committed === null))
      throw await unknownGroup(this.parts, group, 'with members or positions');
    return {
      group,
      members: members.length,
      memberList: members.map(({ memberId, clientId }) => ({ memberId, clientId })),
      positions,
      lag: positions.reduce((sum, { lag }) => sum + lag, 0),
      handlers: state?.handlers() ?? [],
    };
  }

  /**
   * Moves the group on topics of events; its tiers stay where they are. Going back delivers events again, except to handlers
   * with `once: true` that did them already (`known`); going forward leaves events out for good. Refused while the group has
   * members, also as a dry run. @throws TransportError `TRAMLINE_GROUP_ACTIVE`, UnknownGroupError, ConfigurationError
   */
  async reset(group: string, target: ResetTarget, options: ResetOptions = {}): Promise<ResetResult> {
    const { transport, naming } = this.parts;
    const details = await this.describe(group);
    const { ahead, ...plan } = await planReset(this.parts, details, target, options);
    if (options.dryRun || plan.moves.length === 0) return plan;
    const hasLetters = (await transport.topics.describe([naming.dead(group)])).length > 0;
    if (hasLetters) await new DeadLetters(this.parts, group).reopen(ahead);
    await transport.groups.reset(
      naming.group(group),
      plan.moves.map(({ topic, partition, to }) => ({ topic, partition, offset: to })),
    );
    return plan;
  }

  /** What the group remembers; undefined for one that was never started, or is not Tramline's. */
  private async state(group: string): Promise<GroupState | undefined> {
    const { transport, naming } = this.parts;
    const topic = naming.state(group);
    if ((await transport.topics.describe([topic])).length === 0) return undefined;
    const state = new GroupState(transport, topic);
    await state.refresh();
    return state;
  }
}
