/** The content of every bootstrap member's disk before its first start: an entry with the set, the same on all of them. */
import type { StoredState } from './member-state.js';
import type { Address, Members } from './types.js';

/** @param members the first voters, this one among them; empty for a member that will be added: it waits for messages */
export function bootstrapState(self: Address, members: Members): StoredState {
  const { incarnation } = self;
  if (members.length === 0)
    return { hardState: { term: 0, votedFor: null, incarnation, isDamaged: false }, snapshot: null, entries: [] };
  return {
    hardState: { term: 1, votedFor: null, incarnation, isDamaged: false },
    snapshot: null,
    entries: [{ index: 1, term: 1, body: { kind: 'members', members } }],
  };
}
