/** Term, vote and members of the core as protobuf bytes, and which of two hard states holds what was guaranteed. */
import { messageCodec } from '../../protocol/messages.js';
import type { RaftHardState, RaftHardState__Output } from '../../protocol/generated/distrifs/v1/RaftHardState.js';
import type { RaftMembers, RaftMembers__Output } from '../../protocol/generated/distrifs/v1/RaftMembers.js';
import type { HardState, Members } from '../../raft/types.js';

const hardStateCodec = messageCodec<RaftHardState, RaftHardState__Output>('RaftHardState');
const membersCodec = messageCodec<RaftMembers, RaftMembers__Output>('RaftMembers');

export function encodeHardState(hardState: HardState): Uint8Array {
  return hardStateCodec.encode(hardState);
}

/** @throws DfsError PROTOCOL_ERROR */
export function decodeHardState(bytes: Uint8Array): HardState {
  const { term, votedFor, incarnation, isDamaged } = hardStateCodec.decode(bytes);
  return {
    term,
    votedFor: votedFor === null ? null : { id: votedFor.id, incarnation: votedFor.incarnation },
    incarnation,
    isDamaged,
  };
}

export function encodeMembers(members: Members): Uint8Array {
  return membersCodec.encode({ members: [...members] });
}

/** @throws DfsError PROTOCOL_ERROR */
export function decodeMembers(bytes: Uint8Array): Members {
  return membersCodec.decode(bytes).members.map(({ id, incarnation, isVoter }) => ({ id, incarnation, isVoter }));
}

export function isSameHardState(a: HardState, b: HardState): boolean {
  return (
    a.term === b.term &&
    a.votedFor?.id === b.votedFor?.id &&
    a.votedFor?.incarnation === b.votedFor?.incarnation &&
    a.incarnation === b.incarnation &&
    a.isDamaged === b.isDamaged
  );
}

/**
 * Of two copies that a crash may have left different, what covers both: the later term, in it the vote that was given. Whichever is
 * newer, no other master heard of it before both were durable. Damage stays until both copies say that it is over.
 */
export function laterHardState(a: HardState, b: HardState): HardState {
  const isALater = a.term > b.term || (a.term === b.term && a.votedFor !== null);
  return { ...(isALater ? a : b), isDamaged: a.isDamaged || b.isDamaged };
}
