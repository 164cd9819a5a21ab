import type { Api } from '../api.js';

export interface JoinRequest {
  readonly group: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  /** Empty at first; the broker gives one. */
  readonly memberId: string;
  readonly protocol: string;
  readonly subscription: Uint8Array;
}

export interface JoinResponse {
  readonly errorCode: number;
  readonly generation: number;
  readonly leader: string;
  readonly memberId: string;
  /** All members, told to the leader alone. */
  readonly members: readonly { readonly memberId: string; readonly subscription: Buffer }[];
}

/** The answer comes when every member has joined, or its time is over. */
export const joinGroup: Api<JoinRequest, JoinResponse> = {
  key: 11,
  name: 'JoinGroup',
  version: 4,
  write({ group, sessionTimeoutMs, rebalanceTimeoutMs, memberId, protocol, subscription }, to) {
    to.string(group).int32(sessionTimeoutMs).int32(rebalanceTimeoutMs).string(memberId).string('consumer');
    to.array([0], () => to.string(protocol).bytes(subscription));
  },
  read(from) {
    from.throttle();
    const [errorCode, generation] = [from.int16(), from.int32()];
    from.nullableString(); // protocol: we offer one
    const [leader, memberId] = [from.string(), from.string()];
    const members = from.array(() => ({ memberId: from.string(), subscription: from.bytes() }));
    return { errorCode, generation, leader, memberId, members };
  },
};

export interface Seat {
  readonly group: string;
  readonly generation: number;
  readonly memberId: string;
}

/** The leader tells who gets what; everybody gets told. */
export const syncGroup: Api<
  Seat & { readonly assignments: readonly { readonly memberId: string; readonly assignment: Uint8Array }[] },
  { readonly errorCode: number; readonly assignment: Buffer }
> = {
  key: 14,
  name: 'SyncGroup',
  version: 2,
  write({ group, generation, memberId, assignments }, to) {
    to.string(group).int32(generation).string(memberId);
    to.array(assignments, (one) => to.string(one.memberId).bytes(one.assignment));
  },
  read(from) {
    from.throttle();
    return { errorCode: from.int16(), assignment: from.bytes() };
  },
};

export const heartbeat: Api<Seat, { readonly errorCode: number }> = {
  key: 12,
  name: 'Heartbeat',
  version: 2,
  write({ group, generation, memberId }, to) {
    to.string(group).int32(generation).string(memberId);
  },
  read: (from) => ({ errorCode: from.throttle().int16() }),
};

export const leaveGroup: Api<
  { readonly group: string; readonly memberId: string },
  { readonly errorCode: number }
> = {
  key: 13,
  name: 'LeaveGroup',
  version: 2,
  write({ group, memberId }, to) {
    to.string(group).string(memberId);
  },
  read: (from) => ({ errorCode: from.throttle().int16() }),
};
